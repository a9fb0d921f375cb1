import type { Json } from '@workflow-engine/dag';
import type { SecretSlot } from '@workflow-engine/templating';

/**
 * The journal: the facts of one execution, in order. It is the only truth about an execution; every view,
 * the archive and the rebuild are folds of it. Events are documents that people read through the API, hence
 * `snake_case` names and ISO 8601 UTC times.
 */
export type JournalEvent = Fact & {
  /** 1, 2, 3 ... without gaps within an execution. */
  readonly seq: number;
  readonly at: string;
};

export type Fact =
  | ExecutionStarted
  | NodeScheduled
  | NodeStarted
  | NodeCompleted
  | NodeFailed
  | NodeSkipped
  | RetryScheduled
  | TaskRedelivered
  | NodeParked
  | NodeUnparked
  | TimerSet
  | ExecutionPaused
  | ExecutionResumed
  | ExecutionRetried
  | ExecutionCompleted
  | ExecutionFailed
  | ExecutionCancelled
  | ExecutionTimedOut;

export interface ExecutionStarted {
  readonly type: 'ExecutionStarted';
  readonly workflow_id: string;
  readonly version: number;
  readonly input: Json;
}

/** A task was put into its queue. */
export interface NodeScheduled {
  readonly type: 'NodeScheduled';
  readonly node_id: string;
  readonly attempt: number;
  /** The resolved config; left out when the definition's config has no templates. */
  readonly config?: Json;
  /** Where secrets belong in the config; their values never enter the journal. */
  readonly secrets?: readonly SecretSlot[];
}

/** Reported for tasks that run noticeably long; short ones go from scheduled to their outcome. */
export interface NodeStarted {
  readonly type: 'NodeStarted';
  readonly node_id: string;
  readonly attempt: number;
  readonly worker: string;
  readonly started_at: string;
}

/** Who ran an attempt, since when, and what its handler logged. Control nodes have none of it. */
export interface AttemptReport {
  readonly worker?: string;
  readonly started_at?: string;
  readonly logs?: readonly LogLine[];
}

export interface LogLine {
  readonly at: string;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
}

export interface TaskError {
  /** Stable and machine-readable: `TIMEOUT`, `HTTP_5XX`, `TEMPLATE_ERROR` ... */
  readonly code: string;
  readonly message: string;
  /** Whether trying again may help; decides when the node's `retry_on` does not. */
  readonly retryable: boolean;
  readonly details?: Json;
}

export interface NodeCompleted extends AttemptReport {
  readonly type: 'NodeCompleted';
  readonly node_id: string;
  readonly attempt: number;
  readonly output: Json;
}

/** The final failure of a node: no attempt is left, or the error is not one to retry. */
export interface NodeFailed extends AttemptReport {
  readonly type: 'NodeFailed';
  readonly node_id: string;
  readonly attempt: number;
  readonly status: 'FAILED' | 'TIMED_OUT';
  readonly error: TaskError;
  /** `on_failure: continue`: for its dependents the node counts as satisfied. */
  readonly tolerated: boolean;
}

export interface NodeSkipped {
  readonly type: 'NodeSkipped';
  readonly node_id: string;
  readonly reason: 'condition' | 'join';
}

/** An attempt failed; the next one starts at `due_at`. */
export interface RetryScheduled extends AttemptReport {
  readonly type: 'RetryScheduled';
  readonly node_id: string;
  /** The attempt that failed. */
  readonly attempt: number;
  readonly error: TaskError;
  readonly due_at: string;
}

/** A task, or the store it was in, was lost: the same attempt is in its queue once more. */
export interface TaskRedelivered {
  readonly type: 'TaskRedelivered';
  readonly node_id: string;
  readonly attempt: number;
  /** 2 for the first redelivery. */
  readonly delivery: number;
  /**
   * Only lost workers count against a task: it may be the one that kills them. `not_begun`: it was lost before its
   * handler began. `handed_back`: its worker stopped. `person`: it was parked, and somebody wants it tried again.
   */
  readonly reason: 'worker_lost' | 'not_begun' | 'handed_back' | 'recovered' | 'person';
}

/** `on_uncertain: park`: a task was lost after it may have begun; it waits for a person, as a dead letter. */
export interface NodeParked {
  readonly type: 'NodeParked';
  readonly node_id: string;
  readonly attempt: number;
  readonly handler: string;
  readonly error: TaskError;
}

/** The wait is over; the events that follow tell what came of the node. */
export interface NodeUnparked {
  readonly type: 'NodeUnparked';
  readonly node_id: string;
  readonly attempt: number;
  /** Position of the `NodeParked` that this one answers. */
  readonly parked_seq: number;
  /** A person tried it again or gave it up, its outcome came after all, or the execution ended. */
  readonly by: 'retry' | 'discard' | 'outcome' | 'end';
}

export interface TimerSet {
  readonly type: 'TimerSet';
  /** Left out for the execution's own timeout. */
  readonly node_id?: string;
  readonly purpose: 'delay' | 'schedule_to_start' | 'execution_timeout';
  readonly due_at: string;
}

export interface ExecutionPaused {
  readonly type: 'ExecutionPaused';
}

export interface ExecutionResumed {
  readonly type: 'ExecutionResumed';
}

/** These nodes and everything downstream of them begin anew. */
export interface ExecutionRetried {
  readonly type: 'ExecutionRetried';
  readonly node_ids: readonly string[];
}

export interface ExecutionCompleted {
  readonly type: 'ExecutionCompleted';
  readonly output: Json;
}

export interface ExecutionError {
  readonly code: string;
  readonly message: string;
  readonly node_id?: string;
}

/** Nodes that are still open become CANCELLED; their tasks are told to stop. */
export interface ExecutionFailed {
  readonly type: 'ExecutionFailed';
  readonly error: ExecutionError;
  /** The task to put aside for a person, when a task is what failed. */
  readonly dead_letter?: { readonly node_id: string; readonly handler: string; readonly attempts: number };
}

export interface ExecutionCancelled {
  readonly type: 'ExecutionCancelled';
  readonly reason?: string;
}

export interface ExecutionTimedOut {
  readonly type: 'ExecutionTimedOut';
  readonly error: ExecutionError;
}
