import type { Json } from '@workflow-engine/dag';
import { TaskFailure } from '@workflow-engine/execution';

/**
 * Codes of failed HTTP exchanges, for a node's `retry_on`. Those with `true` are worth another attempt without
 * being asked.
 */
const retryableCodes = {
  TIMEOUT: true,
  CONNECTION: true,
  HTTP_429: true,
  HTTP_5XX: true,
  HTTP_4XX: false,
  HTTP_UNEXPECTED_STATUS: false,
  RESPONSE_NOT_JSON: false,
  RESPONSE_NOT_DECODABLE: false,
  RESPONSE_TOO_LARGE: false,
  TOO_MANY_REDIRECTS: false,
  BLOCKED_ADDRESS: false,
  INVALID_CONFIG: false,
  /** The engine told the task to stop; nobody is left to retry it. */
  ABORTED: false,
} as const;

export type HttpFailureCode = keyof typeof retryableCodes;

export function httpFailure(
  code: HttpFailureCode,
  message: string,
  more: { readonly details?: Json; readonly cause?: unknown } = {},
): TaskFailure {
  return new TaskFailure(code, message, { retryable: retryableCodes[code], ...more });
}

/** The code of a status that was not expected. */
export function statusCode(status: number): HttpFailureCode {
  if (status === 429) return 'HTTP_429';
  if (status >= 500) return 'HTTP_5XX';
  return status >= 400 ? 'HTTP_4XX' : 'HTTP_UNEXPECTED_STATUS';
}

/** A URL that may be told and logged: no userinfo, query or fragment, where people put their secrets. */
export function tellable(url: URL): string {
  return `${url.origin}${url.pathname}${url.search === '' ? '' : '?…'}`;
}

/**
 * What a `Retry-After` header asks for, in milliseconds from `now` (RFC 9110, 10.2.3: seconds or a date).
 * Undefined when it is absent or senseless.
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  const date = /[a-z]/i.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
