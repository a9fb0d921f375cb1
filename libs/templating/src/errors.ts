export type TemplateErrorCode = 'TEMPLATE_ERROR' | 'UNKNOWN_SECRET' | 'TEMPLATE_LIMIT';

/** A template that could not be resolved. Its scope never changes, so trying again can't help. */
export class TemplateError extends Error {
  readonly retryable = false;

  constructor(
    readonly code: TemplateErrorCode,
    /** JSON pointer of the template: into the definition, or into the resolved value for secrets. */
    readonly pointer: string,
    message: string,
  ) {
    super(message);
    this.name = 'TemplateError';
  }
}

/** Thrown inside an expression, which doesn't know where in the document it stands; becomes a TemplateError. */
export class ExpressionError extends Error {
  constructor(
    message: string,
    readonly code: 'TEMPLATE_ERROR' | 'TEMPLATE_LIMIT' = 'TEMPLATE_ERROR',
  ) {
    super(message);
    this.name = 'ExpressionError';
  }
}
