import type { JournalEvent } from '../decider/events';
import type { Offset } from './event-stream';
import type { PartitionLease } from './partition-leases';
import type { Task, TaskRef } from './task-queue';

export interface TimerRef {
  readonly executionId: string;
  /** Undefined: the execution's own timeout. A node has at most one timer. */
  readonly nodeId?: string;
}

export interface Timer extends TimerRef {
  /** Epoch milliseconds. */
  readonly dueAt: number;
}

export interface JournalSlice {
  readonly executionId: string;
  readonly events: readonly JournalEvent[];
  /** With these events the execution is terminal: its hot data may go once they are archived. */
  readonly terminal: boolean;
}

/**
 * A place in the history of a partition's hot data. Hot data may be lost, or come back as it was a while ago; the owner
 * who finds that this may have happened begins a new timeline (a branch of history, as PostgreSQL calls it after a
 * recovery), so that what was on its way from an older one cannot be mixed with what happens now.
 */
export interface HotPosition {
  readonly partition: number;
  /** Named after the epoch of the owner who began it. */
  readonly timeline: number;
  /** The commit, counted through all timelines. */
  readonly turn: number;
}

/** How far the hot data of a partition has come. */
export interface PartitionProgress {
  /** 0: nothing is known of the partition; it is new, or everything was lost. */
  readonly timeline: number;
  /** The last commit. */
  readonly turn: number;
  /** The inbound stream is handled up to here. */
  readonly offset: Offset | undefined;
  /** An owner has resumed it since the store was started. */
  readonly isResumed: boolean;
}

/** Everything that one turn of a partition's writer changes. Applied as a whole or not at all. */
export interface CommitBatch {
  /** One more than that of the commit before. */
  readonly turn: number;
  /** The inbound stream is handled up to here; undefined when the turn read nothing (timers only). */
  readonly offset?: Offset;
  readonly journals: readonly JournalSlice[];
  readonly tasks: readonly Task[];
  /** Tasks nobody wants any more: dropped when still queued, told to stop when running. */
  readonly revoked: readonly TaskRef[];
  /** Tasks after which no follow-up may begin any more. When one has begun, nothing is committed. */
  readonly withdrawn: readonly TaskRef[];
  /** Tasks whose follow-ups have begun, as this turn knows. */
  readonly followed: readonly FollowedTask[];
  /** A timer is in at most one of the two. */
  readonly timersCleared: readonly TimerRef[];
  readonly timersSet: readonly Timer[];
}

export interface FollowedTask {
  readonly after: TaskRef;
  /** The follow-up as the journal has it; undefined: it is not wanted. */
  task: Task | undefined;
}

export interface DueTimers {
  readonly due: readonly Timer[];
  /** When the earliest timer that is not due yet will be, in epoch milliseconds. */
  readonly nextDueAt: number | undefined;
}

/** `fenced`: the lease is not held any more, or the data is not what its owner knew; nothing was written. */
export type Fenced = 'fenced';

/** A follow-up has begun that the turn wanted to withdraw; nothing was written. The inbound stream tells of it. */
export type Overtaken = 'overtaken';

/**
 * The hot journals of active executions and all that leaves with them in one step: tasks, timers, the inbound
 * offset, the note to the archive.
 */
export interface ExecutionStore {
  /** Safe to repeat after a fault. */
  commit(lease: PartitionLease, batch: CommitBatch): Promise<'committed' | Fenced | Overtaken>;
  /** Where the partition's writer goes on after a take-over. */
  progress(partition: number): Promise<PartitionProgress>;
  /** Drops all hot data of the partition; its tasks cannot be claimed until it is resumed. */
  reset(lease: PartitionLease): Promise<'reset' | Fenced>;
  /**
   * The data is what it should be: it goes on after `turn`, on the timeline named after the lease's epoch. A store that
   * was restarted gives no task of the partition to anybody before that.
   */
  resume(lease: PartitionLease, turn: number): Promise<'resumed' | Fenced>;
  /**
   * Hot events with `seq > afterSeq`, in order; undefined when the store does not know the execution. What is
   * archived may be gone from here, so the first event may have a seq greater than `afterSeq + 1`.
   */
  read(executionId: string, afterSeq: number): Promise<readonly JournalEvent[] | undefined>;
  /** Those of the executions that the store knows; far cheaper than reading them. */
  known(executionIds: readonly string[]): Promise<ReadonlySet<string>>;
  timersDue(partitions: readonly number[], now: number, limit: number): Promise<DueTimers>;
}
