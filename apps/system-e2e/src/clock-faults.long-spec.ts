import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { Deployment } from './distributed/deployment';
import { clockJumps } from './distributed/nemesis';
import { profile } from './distributed/profile';
import { APPS, RoleProcess } from './distributed/role-process';
import { Trial } from './distributed/trial';

jest.setTimeout(profile.testMs);

describe('clocks that go wrong under load', () => {
  let deployment: Deployment;

  beforeAll(async () => {
    deployment = await Deployment.start({ env: RoleProcess.shiftableClock() });
  });
  afterAll(async () => {
    await deployment.stop();
  });

  const clockAheadMs = profile.clockJumpMs;
  const jumped = `clocks ${clockAheadMs} ms ahead, then behind`;
  it(`${jumped}: of one process of each role, then of all`, async () => {
    const trial = new Trial(deployment, jumped, { clockAheadMs });
    const verdict = await trial.survives(async () => {
      for (const app of APPS) await clockJumps(() => [deployment.one(app)])(trial);
      await clockJumps(() => APPS.flatMap((app) => deployment.all(app)))(trial);
    }, 1);
    expect(verdict).toMatchObject({ faults: [] });
  });
});
