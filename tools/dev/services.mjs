// Redis and PostgreSQL for development: those of REDIS_URL and DATABASE_URL, else started here. PostgreSQL keeps its
// data in .data/dev/postgres; what Redis loses, the engine brings back by itself.
import { startPostgres } from '../services/postgres.mjs';
import { startRedis } from '../services/redis.mjs';

export const dataFolder = '.data/dev';

/**
 * @returns {Promise<{ env: { REDIS_URL: string, DATABASE_URL: string }, stop(): Promise<void> }>}
 * @throws {Error} with one line for each server that is missing
 */
export async function startServices() {
  const started = await Promise.allSettled([
    startRedis(),
    startPostgres({ folder: `${dataFolder}/postgres` }),
  ]);
  const stop = async () => {
    await Promise.all(started.map(({ value }) => value?.stop()));
  };
  const failed = started.filter(({ status }) => status === 'rejected');
  if (failed.length > 0) {
    await stop();
    throw new Error(failed.map(({ reason }) => reason.message).join('\n'));
  }
  const [redis, postgres] = started.map(({ value }) => value);
  console.log(`Redis (${redis.source}): ${redis.url}`);
  console.log(`PostgreSQL (${postgres.source}): ${withoutPassword(postgres.url)}`);
  return { env: { REDIS_URL: redis.url, DATABASE_URL: postgres.url }, stop };
}

function withoutPassword(address) {
  if (!URL.canParse(address)) return 'DATABASE_URL';
  const url = new URL(address);
  url.password = '';
  return url.href;
}
