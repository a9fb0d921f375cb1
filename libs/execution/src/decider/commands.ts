import type { Json } from '@workflow-engine/dag';

import type { AttemptReport, TaskError } from './events';

/** What the world asks of, or reports to, one execution. Commands may be duplicated, late or lost on the way. */
export type Command =
  | Trigger
  | TaskStarted
  | TaskOutcome
  | TaskLost
  | TimerFired
  | Cancel
  | Pause
  | Resume
  | Retry
  | Rerun
  | Unpark;

interface ToExecution {
  readonly executionId: string;
}

export interface Trigger extends ToExecution {
  readonly type: 'Trigger';
  readonly workflowId: string;
  readonly version: number;
  readonly input: Json;
  /** When it was accepted (ISO 8601 UTC), to tell one that is late or comes again. */
  readonly acceptedAt?: string;
  /**
   * Sent again by the recovery of an accepted trigger: whatever the archive knows of the execution is loaded
   * first, and the execution goes on from there.
   */
  readonly recover?: true;
}

export interface TaskStarted extends ToExecution {
  readonly type: 'TaskStarted';
  readonly nodeId: string;
  readonly attempt: number;
  readonly worker: string;
  readonly startedAt: string;
}

export type TaskOutcome = TaskSucceeded | TaskFailed;

export interface TaskSucceeded extends ToExecution {
  readonly type: 'TaskSucceeded';
  readonly nodeId: string;
  readonly attempt: number;
  readonly output: Json;
  readonly report: AttemptReport;
  /** Its worker has begun with the follow-up. */
  readonly followedUp?: true;
}

export interface TaskFailed extends ToExecution {
  readonly type: 'TaskFailed';
  readonly nodeId: string;
  readonly attempt: number;
  readonly error: TaskError;
  readonly report: AttemptReport;
}

/** A worker took this delivery of the task and was not heard of again. */
export interface TaskLost extends ToExecution {
  readonly type: 'TaskLost';
  readonly nodeId: string;
  readonly attempt: number;
  readonly delivery: number;
  /** The start of this delivery was marked. Says nothing about deliveries that do not mark it. */
  readonly begun?: true;
  /** Its worker stopped before the handler ended, and lives to tell. */
  readonly handedBack?: true;
}

export interface TimerFired extends ToExecution {
  readonly type: 'TimerFired';
  /** Undefined: the execution's own timeout. */
  readonly nodeId?: string;
  /** Epoch milliseconds. */
  readonly dueAt: number;
}

export interface Cancel extends ToExecution {
  readonly type: 'Cancel';
  readonly reason?: string;
}

export interface Pause extends ToExecution {
  readonly type: 'Pause';
}

export interface Resume extends ToExecution {
  readonly type: 'Resume';
}

/** Goes on from the failed nodes. */
export interface Retry extends ToExecution {
  readonly type: 'Retry';
}

/** Runs a node and everything downstream of it again; what failed or was cancelled elsewhere goes on too. */
export interface Rerun extends ToExecution {
  readonly type: 'Rerun';
  readonly nodeId: string;
  /** Position of the end that the person saw: a command that comes again after it does nothing. */
  readonly endSeq: number;
}

/** What a person wants to become of a parked node: it is tried again, or fails. */
export interface Unpark extends ToExecution {
  readonly type: 'Unpark';
  readonly nodeId: string;
  /** Position of the `NodeParked` that the person saw. */
  readonly parkedSeq: number;
  readonly by: 'retry' | 'discard';
}
