import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { Deployment } from './distributed/deployment';
import { profile } from './distributed/profile';
import type { App } from './distributed/role-process';
import { Trial } from './distributed/trial';

jest.setTimeout(profile.testMs);

describe('a process that fails under load', () => {
  let deployment: Deployment;

  beforeAll(async () => {
    deployment = await Deployment.start();
  });
  afterAll(async () => {
    await deployment.stop();
  });

  const killed: readonly App[] = ['api', 'orchestrator', 'worker', 'reaper'];
  it.each(killed)('%s: kill -9', async (app) => {
    const trial = new Trial(deployment, `kill -9 of a ${app}`);
    await trial.underLoad(async () => {
      for (let round = 0; round < profile.rounds; round++) {
        const victim = deployment.one(app);
        deployment.takeOut(victim);
        await victim.kill();
        await Promise.all([trial.effects(profile.effectsAfter), deployment.add(app)]);
      }
    });
    expect(await trial.verdict()).toMatchObject({ faults: [] });
    expect(trial.load.refusals).toBe(0);
  });

  const stopped: readonly App[] = ['orchestrator', 'worker', 'reaper'];
  it.each(stopped)('%s: SIGSTOP for three leases, then SIGCONT', async (app) => {
    const trial = new Trial(deployment, `SIGSTOP of a ${app}`);
    await trial.underLoad(async () => {
      for (let round = 0; round < profile.rounds; round++) {
        const victim = deployment.one(app);
        victim.pause();
        await sleep(3 * profile.leaseMs);
        victim.resume();
        await trial.effects(profile.effectsAfter);
      }
    });
    expect(await trial.verdict()).toMatchObject({ faults: [] });
    expect(trial.load.refusals).toBe(0);
  });
});
