import { setTimeout as sleep } from 'node:timers/promises';

import { Redis } from 'ioredis';

import type { RedisConnection } from '../connection/redis-connection';
import type { Keys } from '../keys';

/** Keys that belong to executions, entries that nobody took, and claims nobody ended; empty soon after all is over. */
export async function leftovers(
  connection: RedisConnection,
  urls: readonly string[],
): Promise<readonly string[]> {
  const deadline = Date.now() + 5000;
  for (;;) {
    const found = await leftoversNow(connection, urls);
    if (found.length === 0 || Date.now() > deadline) return found;
    await sleep(50);
  }
}

async function leftoversNow(
  connection: RedisConnection,
  urls: readonly string[],
): Promise<readonly string[]> {
  const found: string[] = [];
  const { keys } = connection;
  for (const url of urls) {
    const redis = new Redis(url);
    for (let partition = 0; partition < keys.partitions; partition++) {
      const { inbound, outbox, depths, timers, revoked, malformed } = keys.partition(partition);
      const prefix = inbound.slice(0, -'inbound'.length);
      const all = await keysOf(redis, `${prefix}*`);
      found.push(...all.filter((key) => key.includes(':journal:')));
      for (const key of all) {
        if (key === depths) {
          for (const [queue, depth] of Object.entries(await redis.hgetall(key)))
            if (depth !== '0') found.push(`${key} ${queue}: ${depth}`);
        } else if (key === inbound || key === outbox || /:queue:[^:]*$/.test(key)) {
          if ((await redis.xlen(key)) > 0) found.push(`${key}: ${await redis.xlen(key)} entries`);
        } else if (key === timers || key === revoked || key === malformed || key.endsWith(':settled')) {
          found.push(key);
        }
      }
    }
    redis.disconnect();
  }
  return found;
}

/** What FLUSHALL does, for one deployment of several on the server: all at once. */
export async function loseAllKeys(urls: readonly string[], keys: Keys): Promise<void> {
  const prefix = keys.partitionCount.slice(0, -'partitions'.length);
  for (const url of urls) {
    const redis = new Redis(url);
    const script = "for _, key in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('DEL', key) end";
    await redis.eval(script, 0, `${prefix}*`);
    redis.disconnect();
  }
}

async function keysOf(redis: Redis, pattern: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const keys of redis.scanStream({ match: pattern.replace(/[{}]/g, '\\$&'), count: 1000 }))
    found.push(...(keys as string[]));
  return found;
}
