import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { Deployment } from './distributed/deployment';
import { profile } from './distributed/profile';
import { Trial } from './distributed/trial';

jest.setTimeout(profile.testMs);

describe('a Redis that fails under load', () => {
  let deployment: Deployment;

  beforeAll(async () => {
    deployment = await Deployment.start();
  });
  afterAll(async () => {
    await deployment.stop();
  });

  it('is killed, and restarted with its append-only file', async () => {
    const { services } = deployment;
    const trial = new Trial(deployment, 'kill -9 of Redis');
    await trial.underLoad(async () => {
      for (let round = 0; round < profile.rounds; round++) {
        await trial.expectLoss();
        await services.command('kill redis');
        await deployment.untilReady('api', false);
        await services.command('restart redis');
        await trial.effects(profile.effectsAfter);
      }
    });
    expect(await trial.verdict()).toMatchObject({ faults: [] });
  });

  it('comes back with the state of some seconds ago', async () => {
    const { services } = deployment;
    const trial = new Trial(deployment, `Redis rolled back by ${profile.rollbackMs} ms`);
    await trial.underLoad(async () => {
      for (let round = 0; round < profile.rounds; round++) {
        await services.command('snapshot redis');
        await Promise.all([sleep(profile.rollbackMs), trial.effects(profile.effectsBefore)]);
        await trial.expectLoss();
        await services.command('rollback redis');
        await trial.effects(profile.effectsAfter);
      }
    });
    expect(await trial.verdict()).toMatchObject({ faults: [] });
  });

  it(`forgets everything, with ${profile.active} active executions`, async () => {
    const trial = new Trial(deployment, `FLUSHALL with ${profile.active} active`);
    await trial.underLoad(async () => {
      for (let round = 0; round < profile.rounds; round++) {
        await trial.crowd(trial.shape('waiting'), profile.active);
        const open = await deployment.client().executions('&status=RUNNING');
        expect(open.length).toBeGreaterThan(profile.active / 2);
        await trial.expectLoss();
        expect(await deployment.services.redis('FLUSHALL')).toMatch(/^\+OK/);
        await trial.effects(profile.effectsAfter);
      }
    });
    expect(await trial.verdict()).toMatchObject({ faults: [] });
  });
});
