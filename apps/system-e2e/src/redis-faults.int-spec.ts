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

  const crowded: Fault = (trial) => trial.crowdUntil(trial.shape('waiting'), profile.active);

  it('kill -9 of Redis', async () => {
    const trial = new Trial(deployment, 'kill -9 of Redis');
    expect(await trial.survives(redisKilled, profile.kills)).toMatchObject({ faults: [] });
  });

  const rolledBack = `Redis rolled back by ${profile.rollbackMs} ms with ${profile.active} active`;
  it(rolledBack, async () => {
    const trial = new Trial(deployment, rolledBack);
    expect(await trial.survives(redisRolledBack(crowded), profile.losses)).toMatchObject({ faults: [] });
    expect(Math.min(...trial.activeAtLoss)).toBeGreaterThanOrEqual(profile.active);
  });

  const emptied = `FLUSHALL with ${profile.active} active`;
  it(emptied, async () => {
    const trial = new Trial(deployment, emptied);
    const fault: Fault = async () => {
      await crowded(trial);
      await redisEmptied(trial);
    };
    expect(await trial.survives(fault, profile.losses)).toMatchObject({ faults: [] });
    expect(Math.min(...trial.activeAtLoss)).toBeGreaterThanOrEqual(profile.active);
  });
});
