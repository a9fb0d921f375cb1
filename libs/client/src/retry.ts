import { type ClientError, ProblemError } from './errors';

export interface RetryOptions {
  /** How often a call is sent at most; 1 switches retries off. */
  readonly maxAttempts: number;
  /** The delay before the first retry, doubled each time, up to `maxDelayMs`. */
  readonly initialDelayMs: number;
  /** Also the longest `Retry-After` that is waited for; a longer one ends the call with its error. */
  readonly maxDelayMs: number;
}

export const defaultRetry: RetryOptions = { maxAttempts: 8, initialDelayMs: 200, maxDelayMs: 10_000 };

/** Milliseconds until the next try; undefined when there should be none. */
export function delayAfter(error: ClientError, attempt: number, options: RetryOptions): number | undefined {
  if (!error.retryable || attempt >= options.maxAttempts) return undefined;
  const backoff = Math.min(options.maxDelayMs, options.initialDelayMs * 2 ** (attempt - 1));
  // Spread, so that clients that were refused together do not come back together.
  const jittered = backoff * (0.5 + Math.random() / 2);
  const least = error instanceof ProblemError ? (error.retryAfterMs ?? 0) : 0;
  if (least > options.maxDelayMs) return undefined;
  return least + jittered;
}

/** `Retry-After` is a number of seconds or an HTTP date (RFC 9110, 10.2.3). */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** @throws the signal's reason as soon as it aborts */
export function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason as Error);
      return;
    }
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
