import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { UnavailableError } from '@workflow-engine/execution';
import { type DataSource, type EntityManager, MigrationExecutor, type QueryRunner } from 'typeorm';

import { isConnectionLost, isRepeatable, toEngineError } from '../errors';

/** Any number that no other application uses: whoever holds it migrates. */
export const migrationLock = 7_305_181;
const maxAttempts = 5;
const maxDrainMs = 5_000;

/** Runs statements on one connection. */
export interface Session {
  query<Row>(sql: string, parameters?: readonly unknown[]): Promise<readonly Row[]>;
  /** For what runs over and over: each connection reads and plans it once, which is a third of the work of a small one. */
  prepared<Row>(sql: string, parameters: readonly unknown[]): Promise<readonly Row[]>;
}

/** What is there of a `pg` client under TypeORM, which cannot prepare statements. */
interface Client {
  query(statement: {
    readonly name: string;
    readonly text: string;
    readonly values: readonly unknown[];
  }): Promise<{ readonly rows: readonly unknown[] }>;
}

/** An open database. The repositories of this library are built on it. */
export class Database implements Session {
  private closing: Promise<void> | undefined;
  private readonly underWay = new Set<Promise<unknown>>();

  /** Made by `openDatabase`. */
  constructor(
    readonly dataSource: DataSource,
    private readonly afterClose: () => Promise<void>,
  ) {}

  /** One statement, in its own transaction. @throws {UnavailableError} when the database cannot be reached. */
  query<Row>(sql: string, parameters?: readonly unknown[]): Promise<readonly Row[]> {
    return this.withSession((session) => session.query<Row>(sql, parameters));
  }

  prepared<Row>(sql: string, parameters: readonly unknown[]): Promise<readonly Row[]> {
    return this.withSession((session) => session.prepared<Row>(sql, parameters));
  }

  /** All statements of `work` or none. It runs again when it was the victim of a deadlock. */
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.withSession(async (session, runner) => {
      await runner.startTransaction();
      try {
        const result = await work(session);
        await runner.commitTransaction();
        return result;
      } catch (error) {
        // A dead connection cannot roll back; the server does it. The first error is the one to tell.
        if (!isConnectionLost(error)) await runner.rollbackTransaction().catch(() => undefined);
        throw error;
      }
    });
  }

  /** Reading and single updates through TypeORM's entities, where speed is not everything. */
  withEntities<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.withRunner((runner) => work(runner.manager));
  }

  /** Resolves when the database answers. */
  async ping(): Promise<void> {
    await this.query('SELECT 1');
  }

  /** Names of the migrations that this version knows and the database lacks. */
  pendingMigrations(): Promise<readonly string[]> {
    return this.withRunner(async (runner) => {
      const pending = await new MigrationExecutor(this.dataSource, runner).getPendingMigrations();
      return pending.map((migration) => migration.name);
    });
  }

  /** Brings the schema up to date; safe to call from many processes at once. */
  migrate(): Promise<void> {
    return this.withRunner(async (runner) => {
      await runner.query('SELECT pg_advisory_lock($1)', [migrationLock]);
      try {
        await new MigrationExecutor(this.dataSource, runner).executePendingMigrations();
      } finally {
        await runner.query('SELECT pg_advisory_unlock($1)', [migrationLock]);
      }
    });
  }

  /** Takes no more work and lets what is under way finish, if it does so soon. */
  close(): Promise<void> {
    this.closing ??= this.drain()
      .then(() => this.dataSource.destroy())
      .finally(this.afterClose);
    return this.closing;
  }

  private async drain(): Promise<void> {
    const stop = new AbortController();
    const tooLong = setTimeout(maxDrainMs, undefined, { signal: stop.signal }).catch(() => undefined);
    await Promise.race([Promise.allSettled(this.underWay), tooLong]);
    stop.abort();
  }

  private async withSession<T>(work: (session: Session, runner: QueryRunner) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.withRunner((runner) => work(sessionOf(runner), runner));
      } catch (error) {
        if (attempt >= maxAttempts || !isRepeatable(causeOf(error))) throw error;
      }
    }
  }

  private async withRunner<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    if (this.closing !== undefined) throw new UnavailableError('the database is closed');
    const running = this.runWith(work);
    this.underWay.add(running);
    try {
      return await running;
    } finally {
      this.underWay.delete(running);
    }
  }

  private async runWith<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      return await work(runner);
    } catch (error) {
      if (isConnectionLost(error)) await abandon(runner, error);
      throw toEngineError(error);
    } finally {
      await runner.release();
    }
  }
}

/** The pool closes the connection and opens another: this one may be silent for ever, with statements still under way. */
async function abandon(runner: QueryRunner, error: unknown): Promise<void> {
  const connection: unknown = await runner.connect().catch(() => undefined);
  if (connection instanceof EventEmitter && connection.listenerCount('error') > 0)
    connection.emit('error', error);
}

function sessionOf(runner: QueryRunner): Session {
  return {
    async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<readonly Row[]> {
      const result = await runner.query(sql, [...parameters], true);
      return result.records as Row[];
    },
    async prepared<Row>(text: string, values: readonly unknown[]): Promise<readonly Row[]> {
      const client = (await runner.connect()) as Client;
      const { rows } = await client.query({ name: nameOf(text), text, values: [...values] });
      return rows as readonly Row[];
    },
  };
}

const names = new Map<string, string>();

/** By its content: behind a pooler nobody may find another statement there than his own. */
function nameOf(sql: string): string {
  const name = names.get(sql) ?? `wfe_${createHash('sha256').update(sql).digest('hex').slice(0, 32)}`;
  names.set(sql, name);
  return name;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? error.cause : error;
}
