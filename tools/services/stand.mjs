// A Redis and a PostgreSQL of their own for whoever starts this and reads the one line it prints:
// {"redisUrl": ..., "databaseUrl": ...}. Both are gone when standard input ends or on SIGTERM.
import { startPostgres } from './postgres.mjs';
import { startRedis } from './redis.mjs';

const services = await Promise.allSettled([
  startRedis({ own: true }),
  startPostgres({ env: { ...process.env, DATABASE_URL: undefined } }),
]);
const failed = services.find(({ status }) => status === 'rejected');
const stop = async (code) => {
  await Promise.all(services.map(({ value }) => value?.stop()));
  process.exit(code);
};
if (failed) {
  console.error(failed.reason.message);
  await stop(1);
}
const [redis, postgres] = services.map(({ value }) => value);
console.log(JSON.stringify({ redisUrl: redis.url, databaseUrl: postgres.url }));
process.on('SIGTERM', () => stop(0));
process.stdin.on('end', () => stop(0)).resume();
