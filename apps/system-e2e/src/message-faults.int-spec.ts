import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { Deployment } from './distributed/deployment';
import { Duplicator } from './distributed/duplicator';
import { profile } from './distributed/profile';
import { Trial } from './distributed/trial';

jest.setTimeout(profile.testMs);

describe('messages that are delivered more than once', () => {
  let deployment: Deployment;
  let duplicator: Duplicator;

  beforeAll(async () => {
    deployment = await Deployment.start();
    duplicator = await Duplicator.start(deployment.services);
  });
  afterAll(async () => {
    duplicator.stop();
    await deployment.stop();
  });

  it('every message twice', async () => {
    const trial = new Trial(deployment, 'every message twice', {
      deliveredAgain: (key) => duplicator.deliveredAgain(key),
    });
    const verdict = await trial.survives(() => trial.effects(5 * profile.effectsAfter));
    expect(verdict).toMatchObject({ faults: [] });
    expect(verdict.extraEffects).toBeGreaterThan(0);
    expect(duplicator.repeated).toBeGreaterThan(verdict.executions);
  });
});
