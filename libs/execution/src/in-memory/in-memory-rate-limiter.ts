import type { Clock } from '../ports/clock';
import type { RateDecision, RateLimiter } from '../ports/rate-limiter';

/** The calls of one key inside the window: a ring of times, oldest first. */
interface Calls {
  times: number[];
  /** Index of the oldest call that still counts; what lies before is dropped in bulk. */
  oldest: number;
  windowMs: number;
}

/**
 * Exact sliding window, one process only. Memory: one number per call inside its window, so at most
 * `limit` per key; keys without such calls are dropped while other calls come in. When more than `maxKeys`
 * are busy, one of the longest idle is forgotten (it gets a fresh window: lenient rather than unbounded).
 */
export class InMemoryRateLimiter implements RateLimiter {
  /** About the least recently used first. */
  private readonly calls = new Map<string, Calls>();

  constructor(
    private readonly clock: Clock,
    private readonly maxKeys = 100_000,
  ) {}

  async take(key: string, limit: number, windowMs: number): Promise<RateDecision> {
    const now = this.clock.now();
    const calls = this.calls.get(key) ?? { times: [], oldest: 0, windowMs };
    calls.windowMs = windowMs;
    this.calls.delete(key);
    forget(calls, now - windowMs);

    const used = calls.times.length - calls.oldest;
    const allowed = used < limit;
    if (allowed) calls.times.push(now);
    if (calls.times.length > calls.oldest) this.calls.set(key, calls);
    this.evict(now);
    return {
      allowed,
      limit,
      remaining: Math.max(0, limit - used - 1),
      resetMs: resetMs(calls, now, limit, allowed),
    };
  }

  /** Keys it remembers at the moment. */
  get size(): number {
    return this.calls.size;
  }

  /** A bounded look at the old end keeps each call cheap and still outpaces new keys. */
  private evict(now: number): void {
    let looks = 4;
    for (const [key, calls] of this.calls) {
      const isIdle = (calls.times.at(-1) ?? 0) <= now - calls.windowMs;
      const isTooMany = this.calls.size > this.maxKeys;
      this.calls.delete(key);
      // A busy one goes to the back, lest a few keys with long windows hide idle ones behind them.
      if (!isIdle && !isTooMany) this.calls.set(key, calls);
      if (--looks === 0) break;
    }
  }
}

function forget(calls: Calls, until: number): void {
  while (calls.oldest < calls.times.length && (calls.times[calls.oldest] ?? 0) <= until) calls.oldest++;
  if (calls.oldest * 2 < calls.times.length) return;
  calls.times = calls.times.slice(calls.oldest);
  calls.oldest = 0;
}

function resetMs({ times, oldest, windowMs }: Calls, now: number, limit: number, allowed: boolean): number {
  // Refused: until so many of the oldest have left that one more fits.
  const awaited = allowed ? times.at(-1) : times[Math.max(oldest, times.length - limit)];
  return awaited === undefined ? windowMs : awaited + windowMs - now;
}
