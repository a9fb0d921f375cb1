import type { Problem, ProblemCode, ProblemFault } from '@workflow-engine/contracts';

export interface ClientErrorOptions {
  readonly code: string;
  readonly retryable: boolean;
  readonly refused: boolean;
  readonly cause?: unknown;
}

/** Whatever goes wrong between this client and the engine. Aborted calls throw the signal's reason instead. */
export class ClientError extends Error {
  override readonly name: string = 'ClientError';
  readonly code: string;
  /** The same call may succeed a moment later. */
  readonly retryable: boolean;
  /** It is certain that the engine did nothing. */
  readonly refused: boolean;

  constructor(message: string, { code, retryable, refused, cause }: ClientErrorOptions) {
    super(message, { cause });
    this.code = code;
    this.retryable = retryable;
    this.refused = refused;
  }
}

const passing: readonly ProblemCode[] = ['RATE_LIMITED', 'UNAVAILABLE', 'OVERLOADED'];

/** The engine's refusal, an RFC 9457 document: its `code` says why, its `faults` where. */
export class ProblemError extends ClientError {
  override readonly name = 'ProblemError';
  declare readonly code: ProblemCode;
  /** The HTTP status. */
  readonly status: number;
  /** Every place to mend: pointers into what was sent, or the parameter's name. */
  readonly faults: readonly ProblemFault[];

  constructor(
    readonly problem: Problem,
    /** The least to wait before the next try, when the engine said so. */
    readonly retryAfterMs?: number,
  ) {
    super(problem.detail, {
      code: problem.code,
      retryable: passing.includes(problem.code),
      refused: problem.code !== 'INTERNAL_ERROR',
    });
    this.status = problem.status;
    this.faults = problem.errors;
  }
}

/** No answer: nobody listens there, or the connection was lost, or it took too long. */
export class ConnectionError extends ClientError {
  override readonly name = 'ConnectionError';

  constructor(
    readonly url: string,
    reason: string,
    { refused, cause }: { readonly refused: boolean; readonly cause?: unknown },
  ) {
    super(`cannot reach the engine at ${url}: ${reason}`, {
      code: 'CONNECTION',
      retryable: true,
      refused,
      cause,
    });
  }
}

/** An answer that is none of the engine's: another service, or a proxy between. */
export class UnexpectedAnswerError extends ClientError {
  override readonly name = 'UnexpectedAnswerError';

  constructor(
    readonly url: string,
    readonly status: number,
    contentType: string,
  ) {
    const what = contentType === '' ? 'without a type' : `of type ${contentType}`;
    super(`what answers at ${url} is not the workflow engine: ${status}, a body ${what}`, {
      code: 'UNEXPECTED_ANSWER',
      // What proxies say of a server that is away or restarts.
      retryable: [502, 503, 504].includes(status),
      refused: false,
    });
  }
}
