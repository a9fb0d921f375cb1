import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type Environment, killAllProcesses } from './app-process';
import { type App, RoleProcess } from './distributed/role-process';
import { Services } from './distributed/services';

describe('a process that cannot work', () => {
  let services: Services;
  let env: Environment;

  beforeAll(async () => {
    services = await Services.start();
    env = { REDIS_URL: services.redisUrl, DATABASE_URL: services.databaseUrl };
  });
  afterAll(async () => {
    await killAllProcesses();
    await services.stop();
  });

  /** What it said before it ended with exit code 1. */
  async function refusal(app: App, changes: Environment): Promise<string> {
    const process = RoleProcess.spawn(app, { ...env, ...changes });
    expect(await process.exited).toEqual({ code: 1, signal: null });
    return process.output.trim();
  }

  it('names every setting that is wrong', async () => {
    const output = await refusal('orchestrator', { DATABASE_URL: '', PARTITIONS: 'many', LEASE_MS: '1' });
    expect(output.split('\n')).toEqual([
      'the configuration is not valid:',
      expect.stringContaining('PARTITIONS must be'),
      expect.stringContaining('LEASE_MS must be'),
      expect.stringContaining('DATABASE_URL is required'),
    ]);
  });

  it('says in one line that Redis or Postgres cannot be reached', async () => {
    const [noRedis, noPostgres] = await Promise.all([
      refusal('worker', { REDIS_URL: 'redis://:s3cret@127.0.0.1:1' }),
      refusal('reaper', { DATABASE_URL: 'postgres://me:s3cret@127.0.0.1:1/wfe' }),
    ]);
    expect(noRedis).toMatch(/^cannot reach Redis at 127\.0\.0\.1:1 \(connect ECONNREFUSED.*$/);
    expect(noRedis).not.toContain('s3cret');
    expect(noPostgres).toMatch(/^cannot reach Postgres at 127\.0\.0\.1:1\/wfe.*$/);
    expect(noPostgres).not.toContain('s3cret');
  });

  it('says that the schema is not migrated, when it may not do that itself', async () => {
    expect(await refusal('api', { MIGRATIONS: 'check' })).toMatch(/^the database lacks \d+ migration.*$/);
  });

  it('says that the deployment has another number of partitions', async () => {
    const first = RoleProcess.spawn('worker', env);
    await first.listening();
    expect(await first.terminate()).toEqual({ code: 0, signal: null });
    expect(await refusal('worker', { PARTITIONS: '8' })).toMatch(
      /^This deployment has 16 partitions, not 8\..*$/,
    );
  });

  it('says that Redis may drop keys', async () => {
    await services.redis('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    expect(await refusal('worker', {})).toMatch(/^Redis may drop .*maxmemory-policy allkeys-lru.*$/);
  });
});
