import type { JsonObject } from './json';
import type { ProblemFault } from './problem';
import type { ExecutionStatus } from './status';

export interface DefinitionSummary {
  readonly workflow_id: string;
  readonly name: string;
  /** 1, 2, 3 ... within a name. */
  readonly version: number;
  readonly node_count: number;
  readonly created_at: string;
}

export interface DefinitionDocument {
  readonly workflow_id: string;
  readonly name: string;
  readonly version: number;
  /** The definition as it was accepted. */
  readonly definition: JsonObject;
  readonly created_at: string;
}

/** Answer to `POST /definitions/validate`: 200 either way, because the check itself succeeded. */
export type DefinitionCheck =
  | {
      readonly valid: true;
      readonly node_count: number;
      readonly edge_count: number;
      readonly errors: readonly [];
    }
  | { readonly valid: false; readonly errors: readonly ProblemFault[] };

/** Body of `POST /definitions/{name}/executions`; may be left out altogether. */
export interface StartRequest {
  readonly input?: JsonObject;
  /** Default: the newest one. */
  readonly version?: number;
}

/** Body of `POST /definitions/{name}/executions/bulk`. */
export interface BulkStartRequest {
  /** 1..1,000; all of them are started, or none. */
  readonly executions: readonly BulkStartItem[];
}

export interface BulkStartItem extends StartRequest {
  readonly idempotency_key?: string;
}

export interface StartedExecution {
  readonly execution_id: string;
  readonly workflow_id: string;
  readonly version: number;
  readonly status: ExecutionStatus;
  /** False when the idempotency key was known, and this is the execution it started then. */
  readonly created: boolean;
}

export interface BulkStarted {
  /** In the order of the request. */
  readonly items: readonly StartedExecution[];
}
