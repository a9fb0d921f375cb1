export interface RateDecision {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds until one more call is allowed (when refused) or the window is empty again (otherwise). */
  readonly resetMs: number;
}

/** Sliding window: at most `limit` calls per key in any span of `windowMs`. */
export interface RateLimiter {
  take(key: string, limit: number, windowMs: number): Promise<RateDecision>;
}
