import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { Deployment } from './distributed/deployment';
import { redisEmptied, redisKilled, redisRolledBack } from './distributed/nemesis';
import { profile } from './distributed/profile';
import { type Fault, Trial } from './distributed/trial';

jest.setTimeout(profile.testMs);

describe('a Redis that fails under load', () => {
  let deployment: Deployment;

  beforeAll(async () => {
    deployment = await Deployment.start();
  });
  afterAll(async () => {
    await deployment.stop();
  });

  /** The fault happens while many executions are active. */
  const whileCrowded =
    (fault: Fault): Fault =>
    async (trial) => {
      await trial.crowd(trial.shape('waiting'), profile.active);
      const open = await deployment.client().executions('&status=RUNNING');
      expect(open.length).toBeGreaterThan(profile.active / 2);
      await fault(trial);
    };

  it('is killed, and restarted with its append-only file', async () => {
    const trial = new Trial(deployment, 'kill -9 of Redis');
    expect(await trial.survives(redisKilled, profile.kills)).toMatchObject({ faults: [] });
  });

  it(`comes back with the state of some seconds ago, with ${profile.active} active executions`, async () => {
    const name = `Redis rolled back by ${profile.rollbackMs} ms with ${profile.active} active`;
    const trial = new Trial(deployment, name);
    const verdict = await trial.survives(whileCrowded(redisRolledBack), profile.losses);
    expect(verdict).toMatchObject({ faults: [] });
  });

  it(`forgets everything, with ${profile.active} active executions`, async () => {
    const trial = new Trial(deployment, `FLUSHALL with ${profile.active} active`);
    const verdict = await trial.survives(whileCrowded(redisEmptied), profile.losses);
    expect(verdict).toMatchObject({ faults: [] });
  });
});
