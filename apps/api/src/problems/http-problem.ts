import { PROBLEM_STATUS, type ProblemCode, type ProblemFault } from '@workflow-engine/contracts';

/** Titles of RFC 9457: the same for every occurrence of a code. */
export const PROBLEM_TITLES: Readonly<Record<ProblemCode, string>> = {
  INVALID_DEFINITION: 'The workflow definition is not valid',
  INVALID_INPUT: 'The input does not fit the workflow',
  INVALID_REQUEST: 'The request is not valid',
  INVALID_CURSOR: 'The cursor is not valid',
  INVALID_URL: 'The URL is not valid',
  MALFORMED_JSON: 'The body is not JSON',
  BODY_TOO_DEEP: 'The body is nested too deeply',
  BODY_INCOMPLETE: 'The body did not arrive completely',
  EXECUTION_NOT_FOUND: 'There is no such execution',
  DEFINITION_NOT_FOUND: 'There is no such definition',
  NODE_NOT_FOUND: 'There is no such node',
  DEAD_LETTER_NOT_FOUND: 'There is no such dead letter',
  ROUTE_NOT_FOUND: 'There is nothing at this path',
  METHOD_NOT_ALLOWED: 'The path does not support this method',
  WRONG_STATE: 'The state of the execution does not allow this',
  BODY_TOO_LARGE: 'The body is too large',
  UNSUPPORTED_MEDIA_TYPE: 'The body has the wrong media type',
  IDEMPOTENCY_CONFLICT: 'The idempotency key was used for another request',
  RATE_LIMITED: 'Too many requests',
  INTERNAL_ERROR: 'Something went wrong on our side',
  UNAVAILABLE: 'The engine is not available right now',
  OVERLOADED: 'The engine takes no new work right now',
};

export interface ProblemExtras {
  readonly faults?: readonly ProblemFault[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly executionStatus?: string;
}

/** A refusal that the API itself decides on; the filter turns it into a problem document. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';

  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    readonly extras: ProblemExtras = {},
  ) {
    super(detail);
  }

  get status(): number {
    return PROBLEM_STATUS[this.code];
  }
}

/** The request's parameters or body are not what the route takes. */
export function invalidRequest(faults: readonly ProblemFault[]): HttpProblem {
  const [first] = faults;
  const detail = faults.length === 1 ? (first?.message ?? '') : `${faults.length} faults, see "errors".`;
  return new HttpProblem('INVALID_REQUEST', detail, { faults });
}
