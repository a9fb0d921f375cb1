import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { Deployment } from './distributed/deployment';
import { networkCut, networkSlow } from './distributed/nemesis';
import { profile } from './distributed/profile';
import { type Fault, Trial } from './distributed/trial';

jest.setTimeout(profile.testMs);

describe('a network that fails under load', () => {
  let deployment: Deployment;

  beforeAll(async () => {
    deployment = await Deployment.start({ networked: true });
  });
  afterAll(async () => {
    await deployment.stop();
  });

  const weather: readonly (readonly [string, Fault])[] = [
    ['slow and lossy', networkSlow],
    ['cut', networkCut],
  ];
  it.each(weather)('is %s', async (name, fault) => {
    const trial = new Trial(deployment, `${name} network`);
    expect(await trial.survives(fault)).toMatchObject({ faults: [] });
  });
});
