/** A role whose turns have failed for so long is not ready; shorter faults are none of a load balancer's business. */
const FAILING_MS = 10_000;
/** Far longer than any turn; commands to Redis and Postgres have their own, much shorter timeouts. */
const STUCK_MS = 120_000;

export interface RoleHealthOptions {
  /**
   * Loops that turn all the time, whatever happens: others may rightly wait for hours, as a worker that is full does.
   */
  readonly restless: readonly string[];
  /** Loops may rest for a part of it, in milliseconds. */
  readonly leaseMs: number;
  readonly now?: () => number;
}

/** Whether the loops of a role do their work. */
export class RoleHealth {
  /** When each began to fail without a good turn since, in epoch milliseconds. */
  private readonly failingSince = new Map<string, number>();
  private readonly turnedAt = new Map<string, number>();
  private readonly now: () => number;
  private readonly stuckMs: number;

  constructor(private readonly options: RoleHealthOptions) {
    this.now = options.now ?? (() => Date.now());
    this.stuckMs = Math.max(STUCK_MS, 2 * options.leaseMs);
  }

  /** To be told of every turn, good or failed. */
  readonly noteTurn = (loop: string, error?: unknown): void => {
    const now = this.now();
    this.turnedAt.set(loop, now);
    if (error === undefined) this.failingSince.delete(loop);
    else if (!this.failingSince.has(loop)) this.failingSince.set(loop, now);
  };

  /** @throws naming the loops that have failed for a while */
  readonly checkWorking = async (): Promise<void> => {
    const latest = this.now() - FAILING_MS;
    const failing = [...this.failingSince].filter(([, since]) => since <= latest).map(([loop]) => loop);
    if (failing.length > 0) throw new Error(`every turn fails: ${failing.join(', ')}`);
  };

  /** @throws naming the loops that are stuck: only a new process helps */
  readonly checkTurning = async (): Promise<void> => {
    const latest = this.now() - this.stuckMs;
    const stuck = this.options.restless.filter((loop) => (this.turnedAt.get(loop) ?? Infinity) < latest);
    if (stuck.length > 0) throw new Error(`no turn for ${this.stuckMs} ms: ${stuck.join(', ')}`);
  };
}
