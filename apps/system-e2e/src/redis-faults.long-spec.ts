import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { Deployment } from './distributed/deployment';
import { redisDiskFull, redisFailsOver, redisMemoryFull } from './distributed/nemesis';
import { profile } from './distributed/profile';
import { Trial } from './distributed/trial';

jest.setTimeout(profile.testMs);

describe('a Redis that runs short under load', () => {
  let deployment: Deployment;

  beforeAll(async () => {
    deployment = await Deployment.start();
  });
  afterAll(async () => {
    await deployment.stop();
  });

  const diskFull = `disk of Redis full for ${profile.shortageMs} ms`;
  it(diskFull, async () => {
    const trial = new Trial(deployment, diskFull);
    expect(await trial.survives(redisDiskFull)).toMatchObject({ faults: [] });
  });

  const memoryFull = `memory of Redis full for ${profile.shortageMs} ms`;
  it(memoryFull, async () => {
    const trial = new Trial(deployment, memoryFull);
    expect(await trial.survives(redisMemoryFull)).toMatchObject({ faults: [] });
    expect(trial.load.refusals).toBeGreaterThan(0);
  });
});

describe('a replicated Redis that fails under load', () => {
  let deployment: Deployment;

  beforeAll(async () => {
    deployment = await Deployment.start({ replicated: true });
  });
  afterAll(async () => {
    await deployment.stop();
  });

  it('failover of Redis to its replica, and back', async () => {
    const trial = new Trial(deployment, 'failover of Redis');
    expect(await trial.survives(redisFailsOver)).toMatchObject({ faults: [] });
  });
});
