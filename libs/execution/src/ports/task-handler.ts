import type { Json, JsonObject } from '@workflow-engine/dag';

/**
 * The code behind a node. Give it a `name` and a `run`; whatever `run` returns (JSON) is the node's output.
 * It runs at least once per attempt: use `context.idempotencyKey` for effects that must not happen twice.
 */
export interface TaskHandler<Config extends JsonObject = JsonObject, Output extends Json = Json> {
  /** What a node's `handler` says. `[A-Za-z_][A-Za-z0-9_.:/-]*`, not one of the control handlers. */
  readonly name: string;
  /** JSON Schema of the config; checked when a definition is submitted (templates fit anything). */
  readonly configSchema?: JsonObject;
  /** JSON Schema of the output; templates that read it are checked against it at submission. */
  readonly outputSchema?: JsonObject;
  /** Throw {@link TaskFailure} for an error with a code of its own; anything else is a `HANDLER_ERROR`. */
  run(config: Config, context: TaskContext): Promise<Output> | Output;
}

export interface TaskContext {
  readonly executionId: string;
  readonly nodeId: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Stable over redeliveries and retries of the same node: `<execution id>:<node id>`. */
  readonly idempotencyKey: string;
  /** Aborted on timeout, cancellation, lost claim and shutdown; pass it on to whatever you await. */
  readonly signal: AbortSignal;
  /** Tells that the task is alive; needed only when the node has a heartbeat timeout. */
  heartbeat(): void;
  /** Kept with the attempt, bounded in lines and bytes. */
  readonly log: TaskLog;
}

export interface TaskLog {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** A failure with a code that a node's `retry_on` can name. */
export class TaskFailure extends Error {
  readonly retryable: boolean;
  readonly details?: Json;

  constructor(
    readonly code: string,
    message: string,
    options: { readonly retryable?: boolean; readonly details?: Json; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'TaskFailure';
    this.retryable = options.retryable ?? false;
    if (options.details !== undefined) this.details = options.details;
  }
}

/** What is known about a handler without running it. */
export interface HandlerDescription extends Pick<TaskHandler, 'name' | 'configSchema' | 'outputSchema'> {
  /** The queues whose workers offer it. Undefined: those of every queue do. */
  readonly queues?: readonly string[];
}

/** The task handlers that some worker offers; submission checks definitions against it. */
export interface HandlerCatalog {
  find(name: string): HandlerDescription | undefined;
  names(): readonly string[];
  /** Looks what workers offer by now; false when nothing is new. Absent when nothing ever is. @throws UnavailableError */
  refresh?(): Promise<boolean>;
}
