import type { Fault } from '@workflow-engine/dag';

import type { ExecutionStatus } from './decider/status';

/** Everything the engine refuses, with a stable code. `retryable`: the same call may succeed later. */
export abstract class EngineError extends Error {
  abstract readonly code: string;
  readonly retryable: boolean = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The document is no valid definition, or an input does not fit its schema: every fault is listed. */
export class InvalidDocumentError extends EngineError {
  constructor(
    readonly code: 'INVALID_DEFINITION' | 'INVALID_INPUT',
    readonly faults: readonly Fault[],
  ) {
    super(`${faults.length === 1 ? 'one fault' : `${faults.length} faults`}: ${faults[0]?.message ?? ''}`);
  }
}

export class NotFoundError extends EngineError {
  constructor(
    readonly code:
      'EXECUTION_NOT_FOUND' | 'DEFINITION_NOT_FOUND' | 'NODE_NOT_FOUND' | 'DEAD_LETTER_NOT_FOUND',
    message: string,
  ) {
    super(message);
  }
}

/** The execution's state does not allow what was asked. */
export class WrongStateError extends EngineError {
  readonly code = 'WRONG_STATE';

  constructor(
    readonly executionId: string,
    readonly status: ExecutionStatus,
    message: string,
  ) {
    super(message);
  }
}

/** An `Idempotency-Key` came again with another request. */
export class IdempotencyConflictError extends EngineError {
  readonly code = 'IDEMPOTENCY_CONFLICT';
}

/** The id of a new execution is taken already. */
export class DuplicateExecutionError extends EngineError {
  readonly code = 'DUPLICATE_EXECUTION';

  constructor(readonly executionId: string) {
    super(`an execution with the id ${executionId} exists already`);
  }
}

/** A version was to be the newest one of its workflow, and is not any more. */
export class OutdatedVersionError extends EngineError {
  readonly code = 'OUTDATED_VERSION';

  constructor(name: string, version: number) {
    super(`version ${version} of "${name}" is not the newest one any more`);
  }
}

/** A store or queue cannot be reached; nothing was accepted. */
export class UnavailableError extends EngineError {
  readonly code = 'UNAVAILABLE';
  override readonly retryable = true;
}

/** Taking on more would endanger what runs already; nothing was accepted. */
export class OverloadedError extends EngineError {
  readonly code = 'OVERLOADED';
  override readonly retryable = true;
}

export class InvalidCursorError extends EngineError {
  readonly code = 'INVALID_CURSOR';

  constructor() {
    super('the cursor is not one that this list gave out; start again without it');
  }
}

/** A registered definition is gone, or this version of the engine does not accept it. */
export class UnusableDefinitionError extends EngineError {
  readonly code = 'DEFINITION_UNUSABLE';

  constructor(
    readonly workflowId: string,
    readonly version: number,
    reason: string,
    /** As far as they can be told. */
    readonly nodeIds: readonly string[] = [],
    options?: ErrorOptions,
  ) {
    super(`definition ${workflowId} version ${version} cannot be used: ${reason}`, options);
  }
}
