import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { Deployment } from './deployment';
import { profile } from './profile';
import { type Fault, Trial } from './trial';

/** Tests of a deployment whose processes reach Redis and Postgres by links that these faults befall, one after the other. */
export function describeNetworks(what: string, faults: Readonly<Record<string, Fault>>): void {
  jest.setTimeout(profile.testMs);

  describe(what, () => {
    let deployment: Deployment;

    beforeAll(async () => {
      deployment = await Deployment.start({ networked: true });
    });
    afterAll(async () => {
      await deployment.stop();
    });

    it.each(Object.entries(faults))('%s network', async (name, fault) => {
      const trial = new Trial(deployment, `${name} network`);
      expect(await trial.survives(fault)).toMatchObject({ faults: [] });
    });
  });
}
