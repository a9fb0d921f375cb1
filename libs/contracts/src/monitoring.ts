import type { ExecutionStatus } from './status';

/** Answer to `GET /statistics`. Times are ISO 8601 UTC. */
export interface Statistics {
  /** When the first interval begins... */
  readonly since: string;
  /** ... and the last one, which is not over yet, ends. */
  readonly until: string;
  /** How many there are now, by status; 1,000 stands for as many or more. */
  readonly executions: Readonly<Record<ExecutionStatus, number>>;
  /** How many there are now; 1,000 stands for as many or more. */
  readonly dead_letters: number;
  /** Of equal length, in order. */
  readonly intervals: readonly StatisticsInterval[];
}

/** Executions that started and ended in the interval; one that is retried ends again. */
export interface StatisticsInterval {
  readonly start: string;
  readonly started: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly timed_out: number;
  /**
   * How long those that completed took, from their trigger to their end, in milliseconds, within a tenth: half of them at
   * most so long; null when none did...
   */
  readonly p50_ms: number | null;
  /** ... and 95 % of them. */
  readonly p95_ms: number | null;
}

/** Answer to `GET /queues`. */
export interface Queues {
  /** Those that ever had a task, or have a worker; by name. */
  readonly items: readonly Queue[];
  /** Parts of journals that are not in the system of record yet. */
  readonly archive_lag: number;
}

export interface Queue {
  readonly name: string;
  /** Tasks that wait for a worker... */
  readonly waiting: number;
  /** ... and those that a worker has. */
  readonly in_progress: number;
  /** How long the oldest of the waiting ones has been in the queue; null when none waits. */
  readonly oldest_waiting_ms: number | null;
  /** How many workers serve it. */
  readonly workers: number;
}

/** Answer to `GET /workers`. */
export interface Workers {
  /** By id. */
  readonly items: readonly WorkerSummary[];
}

/** A task that a worker is at. */
export interface TaskInWork {
  readonly execution_id: string;
  readonly node_id: string;
  readonly handler: string;
  readonly started_at: string;
}

/** A worker process; it is in the list until it stops, or was not heard of for 15 seconds. */
export interface WorkerSummary {
  readonly id: string;
  readonly queues: readonly string[];
  /** Names of the task handlers it offers. */
  readonly handlers: readonly string[];
  /** Tasks it can run at a time... */
  readonly concurrency: number;
  /** ... and those it has now. */
  readonly in_progress: number;
  /** Up to ten of these: those it has been at for longest, in this order. */
  readonly tasks: readonly TaskInWork[];
  readonly started_at: string;
  /** When it was last heard of. */
  readonly seen_at: string;
}
