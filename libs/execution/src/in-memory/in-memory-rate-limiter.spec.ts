import { describe, expect, it } from '@jest/globals';
import { rateLimiterContract } from '../../testing/rate-limiter.contract';
import type { Clock } from '../ports/clock';
import { InMemoryRateLimiter } from './in-memory-rate-limiter';

class SteppedClock implements Clock {
  private time = 1_700_000_000_000;

  now(): number {
    return this.time;
  }

  async sleep(ms: number): Promise<void> {
    this.time += ms;
  }
}

rateLimiterContract('InMemoryRateLimiter', async () => {
  const clock = new SteppedClock();
  return { limiter: new InMemoryRateLimiter(clock), advance: (ms) => clock.sleep(ms) };
});

describe('InMemoryRateLimiter', () => {
  it('forgets idle keys', async () => {
    const clock = new SteppedClock();
    const limiter = new InMemoryRateLimiter(clock);
    for (let call = 0; call < 1_000; call++) await limiter.take(`old-${call}`, 5, 1_000);
    await clock.sleep(1_001);
    for (let call = 0; call < 1_000; call++) await limiter.take(`new-${call}`, 5, 1_000);
    expect(limiter.size).toBe(1_000);
  });

  it('never remembers more keys than it may', async () => {
    const limiter = new InMemoryRateLimiter(new SteppedClock(), 100);
    for (let call = 0; call < 1_000; call++) await limiter.take(`key-${call}`, 5, 1_000);
    expect(limiter.size).toBe(100);
    // The recent ones are still counted.
    expect((await limiter.take('key-999', 1, 1_000)).allowed).toBe(false);
  });

  it('remembers no more than the window for a key that never rests', async () => {
    const clock = new SteppedClock();
    const limiter = new InMemoryRateLimiter(clock);
    let allowed = 0;
    for (let call = 0; call < 10_000; call++) {
      if ((await limiter.take('busy', 10, 100)).allowed) allowed++;
      await clock.sleep(1);
    }
    // 10 in each span of 100 ms.
    expect(allowed).toBe(1_000);
  });
});
