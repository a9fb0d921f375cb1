import { describe, expect, it } from '@jest/globals';
import type { RateLimiter } from '../src/ports/rate-limiter';

/** What a suite needs of an adapter: a limiter and a way to let its time pass. */
export interface RateLimiterUnderTest {
  readonly limiter: RateLimiter;
  /** Lets so many milliseconds pass, as the limiter counts them. */
  readonly advance: (ms: number) => Promise<void> | void;
}

/** Every {@link RateLimiter} keeps these promises. Keys are unique per test, so a shared store is fine. */
export function rateLimiterContract(name: string, create: () => Promise<RateLimiterUnderTest>): void {
  describe(`${name} is a RateLimiter`, () => {
    const windowMs = 1_000;
    let keys = 0;
    const newKey = () => `contract-${process.pid}-${++keys}`;

    it('allows the limit, refuses the next call and says when to come back', async () => {
      const { limiter } = await create();
      const key = newKey();
      const remaining: number[] = [];
      for (let call = 0; call < 3; call++) {
        const decision = await limiter.take(key, 3, windowMs);
        expect(decision).toMatchObject({ allowed: true, limit: 3 });
        remaining.push(decision.remaining);
      }
      expect(remaining).toEqual([2, 1, 0]);
      const refused = await limiter.take(key, 3, windowMs);
      expect(refused).toMatchObject({ allowed: false, limit: 3, remaining: 0 });
      expect(refused.resetMs).toBeGreaterThan(0);
      expect(refused.resetMs).toBeLessThanOrEqual(windowMs);
    });

    it('slides: a call counts for exactly one window, wherever that begins', async () => {
      const { limiter, advance } = await create();
      const key = newKey();
      const isAllowed = async () => (await limiter.take(key, 2, windowMs)).allowed;
      expect(await isAllowed()).toBe(true);
      await advance(600);
      expect(await isAllowed()).toBe(true);
      expect(await isAllowed()).toBe(false);
      await advance(500);
      // Only the first one has left; a fixed window would allow two here.
      expect(await isAllowed()).toBe(true);
      expect(await isAllowed()).toBe(false);
    });

    it('is true to its resetMs', async () => {
      const { limiter, advance } = await create();
      const key = newKey();
      await limiter.take(key, 1, windowMs);
      const { resetMs } = await limiter.take(key, 1, windowMs);
      await advance(resetMs);
      expect((await limiter.take(key, 1, windowMs)).allowed).toBe(true);
    });

    it('does not count refused calls', async () => {
      const { limiter, advance } = await create();
      const key = newKey();
      await limiter.take(key, 1, windowMs);
      await advance(900);
      expect((await limiter.take(key, 1, windowMs)).allowed).toBe(false);
      await advance(200);
      expect((await limiter.take(key, 1, windowMs)).allowed).toBe(true);
    });

    it('counts keys apart', async () => {
      const { limiter } = await create();
      await limiter.take(newKey(), 1, windowMs);
      expect((await limiter.take(newKey(), 1, windowMs)).allowed).toBe(true);
    });

    it('lets exactly the limit through when calls come at the same time', async () => {
      const { limiter } = await create();
      const key = newKey();
      const decisions = await Promise.all(Array.from({ length: 50 }, () => limiter.take(key, 10, windowMs)));
      expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(10);
    });

    it('refuses everything at a limit of 0', async () => {
      const { limiter } = await create();
      expect(await limiter.take(newKey(), 0, windowMs)).toMatchObject({ allowed: false, remaining: 0 });
    });

    it('follows a limit that changes', async () => {
      const { limiter } = await create();
      const key = newKey();
      for (let call = 0; call < 3; call++) await limiter.take(key, 3, windowMs);
      expect((await limiter.take(key, 2, windowMs)).allowed).toBe(false);
      expect((await limiter.take(key, 5, windowMs)).allowed).toBe(true);
    });
  });
}
