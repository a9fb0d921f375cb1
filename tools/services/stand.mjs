// A Redis and a PostgreSQL of their own for whoever starts this and reads the line it prints first:
// {"redisUrl": ..., "databaseUrl": ...}. Every line on standard input is a command (see below), answered with a line
// {} or {"error": ...}. Both are gone when standard input ends or on SIGTERM. With `--replicated`, Redis is a master with
// a replica, named by a Sentinel.
import { createInterface } from 'node:readline';

import { startPostgres } from './postgres.mjs';
import { startRedis, startRedisSentinel } from './redis.mjs';

// The append-only file is never rewritten, so that a copy of it taken at any time can be started from.
const appendOnly = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--auto-aof-rewrite-percentage', '0'];

const services = await Promise.allSettled([
  process.argv.includes('--replicated')
    ? startRedisSentinel({ args: appendOnly })
    : startRedis({ own: true, args: appendOnly }),
  startPostgres({ survivesCrashes: true, env: { ...process.env, DATABASE_URL: undefined } }),
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
const commands = {
  'kill redis': () => redis.kill('SIGKILL'),
  'restart redis': () => redis.restart(),
  'snapshot redis': () => redis.snapshot(),
  'rollback redis': () => redis.rollback(),
  'fill disk of redis': () => redis.limitDisk(64 * 1024),
  'free disk of redis': () => redis.limitDisk(Infinity),
  'fail redis over': () => redis.failover(),
  // As a crash: nobody is told.
  'kill postgres': () => postgres.kill('SIGQUIT'),
  'restart postgres': () => postgres.restart(),
};
console.log(JSON.stringify({ redisUrl: redis.url, databaseUrl: postgres.url }));
process.on('SIGTERM', () => stop(0));
for await (const line of createInterface({ input: process.stdin })) {
  const command = commands[line] ?? (() => Promise.reject(new Error(`there is no command "${line}"`)));
  const answer = await command().then(
    () => ({}),
    (error) => ({ error: error.message }),
  );
  console.log(JSON.stringify(answer));
}
await stop(0);
