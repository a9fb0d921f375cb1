/** What the API answers when it refuses: an RFC 9457 document, `application/problem+json`. */
export interface Problem {
  /** Identifies the kind of problem: `urn:workflow-engine:problem:<code in lower case>`. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What went wrong this time and what to do about it. */
  readonly detail: string;
  readonly code: ProblemCode;
  /** Every single fault, when there are several places to mend; otherwise empty. */
  readonly errors: readonly ProblemFault[];
  /** Of the answer's `X-Request-Id` header; the server's log has it too. */
  readonly request_id: string;
  /** The execution's actual status, with `WRONG_STATE`. */
  readonly execution_status?: string;
}

export interface ProblemFault {
  /** Stable and machine-readable, e.g. `CYCLE`, `UNKNOWN_DEPENDENCY`, `INVALID_PARAMETER`. */
  readonly code: string;
  /** JSON pointer (RFC 6901) into the request's body; `""` is the whole body. Empty for parameters as well. */
  readonly pointer: string;
  readonly message: string;
  /** The query parameter or header at fault, when it is not the body. */
  readonly parameter?: string;
}

/** Every `code` of a {@link Problem} and the HTTP status it comes with. */
export const PROBLEM_STATUS = {
  INVALID_DEFINITION: 400,
  INVALID_INPUT: 400,
  INVALID_REQUEST: 400,
  INVALID_CURSOR: 400,
  INVALID_URL: 400,
  MALFORMED_JSON: 400,
  BODY_TOO_DEEP: 400,
  BODY_INCOMPLETE: 400,
  EXECUTION_NOT_FOUND: 404,
  DEFINITION_NOT_FOUND: 404,
  NODE_NOT_FOUND: 404,
  DEAD_LETTER_NOT_FOUND: 404,
  ROUTE_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  WRONG_STATE: 409,
  BODY_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  IDEMPOTENCY_CONFLICT: 422,
  RATE_LIMITED: 429,
  INTERNAL_ERROR: 500,
  UNAVAILABLE: 503,
  OVERLOADED: 503,
} as const;
export type ProblemCode = keyof typeof PROBLEM_STATUS;
