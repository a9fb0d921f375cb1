import type { ExecutionError, LogLine, TaskError } from './execution';
import type { Json } from './json';

/** What happened to an execution, in order. `seq` counts 1, 2, 3 ... without gaps; `at` is ISO 8601 UTC. */
export type JournalEvent = { readonly seq: number; readonly at: string } & (
  ExecutionEvent | NodeEvent | TimerSet
);

export type ExecutionEvent =
  | {
      readonly type: 'ExecutionStarted';
      readonly workflow_id: string;
      readonly version: number;
      readonly input: Json;
    }
  | { readonly type: 'ExecutionPaused' | 'ExecutionResumed' }
  | { readonly type: 'ExecutionRetried'; readonly node_ids: readonly string[] }
  | { readonly type: 'ExecutionCompleted'; readonly output: Json }
  | {
      readonly type: 'ExecutionFailed';
      readonly error: ExecutionError;
      readonly dead_letter?: {
        readonly node_id: string;
        readonly handler: string;
        readonly attempts: number;
      };
    }
  | { readonly type: 'ExecutionCancelled'; readonly reason?: string }
  | { readonly type: 'ExecutionTimedOut'; readonly error: ExecutionError };

/** Who ran an attempt, since when, and what its handler logged. */
export interface AttemptReport {
  readonly worker?: string;
  readonly started_at?: string;
  readonly logs?: readonly LogLine[];
}

/** Where a secret belongs in a resolved config; its value is never shown. */
export interface SecretSlot {
  readonly pointer: string;
  readonly parts: readonly (string | { readonly secret: string })[];
}

export type NodeEvent = { readonly node_id: string } & (
  | {
      readonly type: 'NodeScheduled';
      readonly attempt: number;
      readonly config?: Json;
      readonly secrets?: readonly SecretSlot[];
    }
  | {
      readonly type: 'NodeStarted';
      readonly attempt: number;
      readonly worker: string;
      readonly started_at: string;
    }
  | ({ readonly type: 'NodeCompleted'; readonly attempt: number; readonly output: Json } & AttemptReport)
  | ({
      readonly type: 'NodeFailed';
      readonly attempt: number;
      readonly status: 'FAILED' | 'TIMED_OUT';
      readonly error: TaskError;
      readonly tolerated: boolean;
    } & AttemptReport)
  | { readonly type: 'NodeSkipped'; readonly reason: 'condition' | 'join' }
  | ({
      readonly type: 'RetryScheduled';
      readonly attempt: number;
      readonly error: TaskError;
      readonly due_at: string;
    } & AttemptReport)
  | {
      readonly type: 'TaskRedelivered';
      readonly attempt: number;
      readonly delivery: number;
      readonly reason: 'worker_lost' | 'not_begun' | 'handed_back' | 'recovered' | 'person';
    }
  | {
      readonly type: 'NodeParked';
      readonly attempt: number;
      readonly handler: string;
      readonly error: TaskError;
    }
  | {
      readonly type: 'NodeUnparked';
      readonly attempt: number;
      /** Position of the `NodeParked` that this one answers. */
      readonly parked_seq: number;
      readonly by: 'retry' | 'discard' | 'outcome' | 'end';
    }
);

export interface TimerSet {
  readonly type: 'TimerSet';
  /** Left out for the execution's own timeout. */
  readonly node_id?: string;
  readonly purpose: 'delay' | 'schedule_to_start' | 'execution_timeout';
  readonly due_at: string;
}

/** Events that end an execution, and with it a live stream of its events. */
export const TERMINAL_EVENTS: readonly JournalEvent['type'][] = [
  'ExecutionCompleted',
  'ExecutionFailed',
  'ExecutionCancelled',
  'ExecutionTimedOut',
];
