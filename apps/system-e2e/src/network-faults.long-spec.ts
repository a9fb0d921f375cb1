import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { Deployment } from './distributed/deployment';
import { networkDeaf, networkHalfOpen } from './distributed/nemesis';
import { profile } from './distributed/profile';
import { type Fault, Trial } from './distributed/trial';

jest.setTimeout(profile.testMs);

describe('a network that says nothing under load', () => {
  let deployment: Deployment;

  beforeAll(async () => {
    deployment = await Deployment.start({ networked: true });
  });
  afterAll(async () => {
    await deployment.stop();
  });

  const weather: readonly (readonly [string, Fault])[] = [
    ['half-open', networkHalfOpen],
    ['deaf', networkDeaf],
  ];
  it.each(weather)('is %s', async (name, fault) => {
    const trial = new Trial(deployment, `${name} network`);
    expect(await trial.survives(fault)).toMatchObject({ faults: [] });
  });
});
