import type { Json, JsonObject } from './json';
import type { ExecutionStatus, NodeStatus } from './status';

/** Answer to `POST /workflow`. */
export interface SubmittedExecution {
  /** UUIDv7. */
  readonly execution_id: string;
  readonly workflow_id: string;
  readonly version: number;
  readonly status: ExecutionStatus;
}

/** Body of `POST /workflow/trigger/{execution_id}`; may be left out altogether. */
export interface TriggerRequest {
  readonly input?: JsonObject;
}

export interface TriggeredExecution {
  readonly execution_id: string;
  readonly status: ExecutionStatus;
}

export interface ExecutionError {
  readonly code: string;
  readonly message: string;
  /** The node that caused it, if one did. */
  readonly node_id?: string;
}

export interface Progress {
  readonly total: number;
  /** Nodes that came to an end, whichever. */
  readonly finished: number;
  /** `finished / total`, rounded down: 0..100. */
  readonly percent: number;
}

/** Answer to `GET /workflows/{execution_id}`. Times are ISO 8601 UTC. */
export interface ExecutionState {
  readonly execution_id: string;
  readonly workflow_id: string;
  readonly name: string;
  readonly version: number;
  readonly status: ExecutionStatus;
  readonly progress: Progress;
  readonly node_statuses: Readonly<Record<string, NodeStatus>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly error?: ExecutionError;
}

/** An execution in a list. */
export interface ExecutionSummary {
  readonly execution_id: string;
  readonly workflow_id: string;
  readonly name: string;
  readonly version: number;
  readonly status: ExecutionStatus;
  readonly labels: Readonly<Record<string, string>>;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly error?: ExecutionError;
}

export interface ExecutionResults {
  readonly execution_id: string;
  readonly status: ExecutionStatus;
  /** Null until the execution is COMPLETED. */
  readonly output: Json;
  /** By node id, of every node that has one. */
  readonly outputs: JsonObject;
  readonly error?: ExecutionError;
}

export interface TaskError {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly details?: Json;
}

export interface LogLine {
  readonly at: string;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
}

export interface NodeAttempt {
  /** 1 for the first. */
  readonly attempt: number;
  /** How often the attempt was handed to a worker; above 1 when a worker was lost. */
  readonly deliveries: number;
  readonly worker: string | null;
  readonly scheduled_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly error: TaskError | null;
  readonly logs: readonly LogLine[];
}

export interface NodeDetails {
  readonly execution_id: string;
  readonly node_id: string;
  readonly handler: string;
  readonly status: NodeStatus;
  readonly dependencies: readonly string[];
  /** Templates resolved, secrets still references; null before the node was scheduled. */
  readonly config: Json;
  readonly output: Json;
  readonly error: TaskError | null;
  readonly attempts: readonly NodeAttempt[];
  readonly scheduled_at: string | null;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  /** When a waiting node goes on. */
  readonly due_at: string | null;
}

export interface CancelRequest {
  /** Kept in the journal, up to 1,000 characters. */
  readonly reason?: string;
}
