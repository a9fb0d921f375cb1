/** A task that a worker has begun. */
export interface TaskInWork {
  readonly executionId: string;
  readonly nodeId: string;
  readonly handler: string;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
}

/** A worker process as it describes itself. */
export interface WorkerDescription {
  /** Unique per process. */
  readonly id: string;
  readonly queues: readonly string[];
  /** Names of the task handlers it offers. */
  readonly handlers: readonly string[];
  /** Tasks it can run at a time... */
  readonly concurrency: number;
  /** ... and those it has now. */
  readonly running: number;
  /** Some of these: those it has been at for longest, in this order. */
  readonly tasks: readonly TaskInWork[];
  /** ISO 8601 UTC. */
  readonly startedAt: string;
}

export interface KnownWorker extends WorkerDescription {
  /** When it was last heard of; ISO 8601 UTC. */
  readonly seenAt: string;
}

/** Which workers there are. Lost with everything else in the hot store, so workers announce themselves all the time. */
export interface WorkerDirectory {
  /** Known for so many milliseconds, unless it is announced again; the last description counts. */
  announce(worker: WorkerDescription, forMs: number): Promise<void>;
  /** It is gone. */
  withdraw(id: string): Promise<void>;
  /** By id. */
  list(): Promise<readonly KnownWorker[]>;
}
