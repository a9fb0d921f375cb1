import { setTimeout as sleep } from 'node:timers/promises';

import { Redis } from 'ioredis';

/** Servers that the Jest set-up has started for tests that crash or empty them. */
export const crashingServers = {
  redis: process.env.TEST_REDIS_CRASHING_URL ?? '',
  cluster: process.env.TEST_REDIS_CRASHING_CLUSTER_URL ?? '',
};

/** What a crash leaves of the data is what is there now. */
export async function save(url: string): Promise<void> {
  await asked(url, (redis) => redis.save());
}

export async function loseEverything(url: string): Promise<void> {
  await asked(url, (redis) => redis.flushall());
}

/** What `kill -9` and a new start do. Resolves when the server has loaded what was saved. */
export async function crash(url: string): Promise<void> {
  const before = await runId(url);
  await asked(url, (redis) => redis.call('DEBUG', 'CRASH-AND-RECOVER')).catch(() => undefined);
  for (let after = before; after === before || after === ''; after = await runId(url)) await sleep(20);
}

/** Of the server's process; '' while it cannot do its work. */
function runId(url: string): Promise<string> {
  return asked(url, async (redis) => {
    await redis.set('{crash}', 'over');
    return /run_id:(\w+)/.exec(await redis.info('server'))?.[1] ?? '';
  }).catch(() => '');
}

async function asked<T>(url: string, ask: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await ask(redis);
  } finally {
    redis.disconnect();
  }
}
