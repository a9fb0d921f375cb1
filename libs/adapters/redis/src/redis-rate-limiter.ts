import { randomUUID } from 'node:crypto';

import type { RateDecision, RateLimiter } from '@workflow-engine/execution';

import type { RedisConnection } from './connection/redis-connection';

/** Exact sliding window shared by all processes; the server's clock counts. */
export class RedisRateLimiter implements RateLimiter {
  private readonly name = randomUUID();
  private calls = 0;

  constructor(private readonly connection: RedisConnection) {}

  async take(key: string, limit: number, windowMs: number): Promise<RateDecision> {
    const call = `${this.name}:${++this.calls}`;
    const reply = await this.connection.run(
      'rateLimit',
      [this.connection.keys.rate(key)],
      [limit, windowMs, call],
    );
    const [allowed, remaining, resetMs] = reply as readonly [number, number, number];
    return { allowed: allowed === 1, limit, remaining, resetMs };
  }
}
