/** A value that is no duration; thrown by `durationMs`, which is meant for values already checked. */
export class InvalidDurationError extends Error {
  readonly code = 'INVALID_DURATION';
  readonly retryable = false;
  override readonly name = 'InvalidDurationError';
}

/** Nodes that form no DAG; thrown by `compileGraph`, which is meant for definitions already accepted. */
export class InvalidGraphError extends Error {
  readonly code = 'INVALID_GRAPH';
  readonly retryable = false;
  override readonly name = 'InvalidGraphError';
}
