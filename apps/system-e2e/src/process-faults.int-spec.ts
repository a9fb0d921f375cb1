import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { Deployment } from './distributed/deployment';
import { killed, stopped } from './distributed/nemesis';
import { profile } from './distributed/profile';
import { APPS } from './distributed/role-process';
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

  it.each(APPS)('kill -9 of one %s', async (app) => {
    const trial = new Trial(deployment, `kill -9 of one ${app}`);
    expect(await trial.survives(killed(app), profile.kills)).toMatchObject({ faults: [] });
    expect(trial.load.refusals).toBe(0);
  });

  it.each(APPS)('SIGSTOP of one %s, for three leases', async (app) => {
    const trial = new Trial(deployment, `SIGSTOP of one ${app}`);
    expect(await trial.survives(stopped(app))).toMatchObject({ faults: [] });
    expect(trial.load.refusals).toBe(0);
  });
});
