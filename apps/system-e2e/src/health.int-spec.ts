import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { HealthReport } from '@workflow-engine/contracts';

import { killAllProcesses } from './app-process';
import { type App, RoleProcess } from './distributed/role-process';
import { Services } from './distributed/services';

/** Longer than a role may fail before it says so itself. */
const restMs = 60_000;

interface Answer {
  readonly status: number;
  readonly checks: HealthReport['checks'];
}

describe('the health of processes', () => {
  const processes: RoleProcess[] = [];
  let services: Services;

  beforeAll(async () => {
    services = await Services.start();
    const env = { REDIS_URL: services.redisUrl, DATABASE_URL: services.databaseUrl, LEASE_MS: '1000' };
    const apps: readonly App[] = ['api', 'orchestrator', 'worker', 'reaper'];
    processes.push(...apps.map((app) => RoleProcess.spawn(app, env)));
    await Promise.all(processes.map((process) => process.listening()));
  });
  afterAll(async () => {
    await killAllProcesses();
    await services.stop();
  });

  async function ask(process: RoleProcess, probe: 'live' | 'ready'): Promise<Answer> {
    const response = await fetch(`${process.url}/health/${probe}`);
    const { checks } = (await response.json()) as HealthReport;
    return { status: response.status, checks };
  }

  /** Until every process answers so; none may die meanwhile, and each must say that it lives. */
  async function untilReadiness(expected: Readonly<Partial<Record<App, object>>>): Promise<void> {
    const deadline = Date.now() + restMs;
    for (;;) {
      const [ready, live] = await Promise.all(
        (['ready', 'live'] as const).map((probe) => Promise.all(processes.map((one) => ask(one, probe)))),
      );
      expect(live?.map(({ status }) => status)).toEqual(processes.map(() => 200));
      const answers = Object.fromEntries(processes.map(({ app }, index) => [app, ready?.[index]]));
      try {
        expect(answers).toMatchObject(expected);
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await sleep(200);
      }
    }
  }

  const ok = { status: 200 };
  const allReady = { api: ok, orchestrator: ok, worker: ok, reaper: ok };

  it('is good when everything is there', () => untilReadiness(allReady));

  it('names Redis while it is away, and is good again when it is back', async () => {
    await services.command('kill redis');
    const away = { status: 503, checks: { redis: 'unavailable' } };
    const roleToo = { status: 503, checks: { redis: 'unavailable', role: 'unavailable' } };
    await untilReadiness({ api: away, orchestrator: roleToo, worker: roleToo, reaper: roleToo });
    await services.command('restart redis');
    await untilReadiness(allReady);
  }, 120_000);

  it('names Postgres while it is away, where it is needed', async () => {
    await services.command('kill postgres');
    const away = { status: 503, checks: { postgres: 'unavailable', redis: 'ok' } };
    await untilReadiness({ api: away, orchestrator: away, reaper: away, worker: ok });
    await services.command('restart postgres');
    await untilReadiness(allReady);
  }, 120_000);
});
