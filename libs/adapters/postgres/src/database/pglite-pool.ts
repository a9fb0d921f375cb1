import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';

import type { PGlite } from '@electric-sql/pglite' with { 'resolution-mode': 'import' };

/** What TypeORM's Postgres driver reads of a `pg` result. */
interface QueryOutcome {
  readonly rows: readonly unknown[];
  readonly rowCount: number;
  readonly command: string;
}

/** One session, which nobody shares, gains nothing by names. */
interface PreparedStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

type Release = (error?: unknown) => void;
type Connected = (error: Error | undefined, client?: PglitePoolClient, release?: Release) => void;

/** The one session of an embedded database, in the shape of a `pg` client. */
class PglitePoolClient extends EventEmitter {
  constructor(private readonly session: PGlite) {
    super();
  }

  async query(statement: string | PreparedStatement, parameters?: readonly unknown[]): Promise<QueryOutcome> {
    const { text, values } =
      typeof statement === 'string' ? { text: statement, values: parameters } : statement;
    // PGlite computes on this thread and never yields to timers and sockets by itself, however much is queued.
    await setImmediate();
    const result = await this.session.query(text, values === undefined ? undefined : [...values]);
    const command = /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? '';
    return { rows: result.rows, rowCount: result.affectedRows ?? result.rows.length, command };
  }
}

/**
 * A `pg.Pool` of one. PGlite has a single session, so a second user inside somebody's transaction would take
 * part in it, and lose its rows with a rollback: whoever connects owns the session until the release.
 */
export function pglitePool(session: PGlite): new () => EventEmitter {
  return class PglitePool extends EventEmitter {
    private readonly waiting: Connected[] = [];
    private busy = false;
    private ended = false;

    connect(connected: Connected): void {
      if (this.ended) {
        connected(new Error('Cannot use a pool after calling end on the pool'));
        return;
      }
      this.waiting.push(connected);
      this.serveNext();
    }

    end(ended: (error?: Error) => void): void {
      this.ended = true;
      for (const connected of this.waiting.splice(0)) connected(new Error('Connection terminated'));
      ended();
    }

    private serveNext(): void {
      if (this.busy) return;
      const connected = this.waiting.shift();
      if (connected === undefined) return;
      this.busy = true;
      let released = false;
      connected(undefined, new PglitePoolClient(session), () => {
        if (released) return;
        released = true;
        this.busy = false;
        this.serveNext();
      });
    }
  };
}
