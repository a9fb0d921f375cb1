import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { Deployment } from './distributed/deployment';
import { Link } from './distributed/link';
import { profile } from './distributed/profile';
import type { App } from './distributed/role-process';
import { Trial } from './distributed/trial';
import type { Door } from './load/client-load';
import { RestClient } from './rest-client';

jest.setTimeout(profile.testMs);

describe('the system of record', () => {
  let deployment: Deployment;

  beforeAll(async () => {
    deployment = await Deployment.start();
  });
  afterAll(async () => {
    await deployment.stop();
  });

  const away = `Postgres away for ${profile.outageMs} ms`;
  it(`${away}: nothing is accepted, what runs goes on, the archive catches up`, async () => {
    const users: readonly App[] = ['api', 'orchestrator', 'reaper'];
    const { services, upstream } = deployment;
    const trial = new Trial(deployment, away);
    await trial.underLoad(async () => {
      // Enough to do for all of the outage, and all of it under way.
      await trial.crowd(trial.shape('waiting'), profile.active);
      await trial.effects(profile.active);
      await services.command('kill postgres');
      try {
        const outage = sleep(profile.outageMs);
        for (const app of users) await deployment.untilReady(app, false);
        const [calls, refusals] = [upstream.total, trial.load.refusals];
        await outage;
        expect(upstream.total).toBeGreaterThan(calls + profile.effectsAfter);
        expect(trial.load.refusals).toBeGreaterThan(refusals);
        expect(await deployment.metric('reaper', 'wfe_archive_lag')).toBeGreaterThan(0);
      } finally {
        await services.command('restart postgres');
      }
      for (const app of users) await deployment.untilReady(app, true);
    });
    expect(await trial.verdict()).toMatchObject({ faults: [] });
  });

  const doors: readonly Door[] = ['submit and trigger', 'start', 'bulk'];
  it.each(doors)('api killed between Postgres and Redis: %s', async (door) => {
    const trial = new Trial(deployment, `api killed between Postgres and Redis: ${door}`);
    const [shape, count] = [trial.shape('chain'), door === 'bulk' ? 4 : 1];
    await trial.register([shape]);
    const link = await Link.to(deployment.services.redisUrl);
    try {
      const api = deployment.spawn('api', { REDIS_URL: link.url });
      await api.listening();
      // An api appends to Redis when Postgres has committed; this is what never arrives.
      const committed = link.loseFrom('XADD');
      const asking = trial.load.ask(new RestClient(api.url), { shape, door, count });
      await committed;
      await api.kill();
      expect((await asking).accepted).toBeUndefined();
    } finally {
      await link.close();
    }

    const verdict = await trial.verdict();
    expect(verdict).toMatchObject({ faults: [] });
    expect(verdict.executions).toBe(count);
  });
});
