import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { Deployment } from './distributed/deployment';
import { profile } from './distributed/profile';
import { Trial } from './distributed/trial';
import type { Shape } from './load/workload';

jest.setTimeout(profile.testMs);

/** As the README says: a task whose workers were lost so often is taken for the cause. */
const DELIVERIES = 3;

const poison: Shape = {
  name: 'poison',
  definition: {
    name: 'poison',
    dag: { nodes: [{ id: 'deadly', handler: 'poison', queue: 'poison' }] },
  },
  status: 'FAILED',
  output: () => null,
};

describe('a task that kills its worker', () => {
  let deployment: Deployment;

  beforeAll(async () => {
    deployment = await Deployment.start();
  });
  afterAll(async () => {
    await deployment.stop();
  });

  const poisoned = `${profile.rounds} poison tasks`;
  it(`${poisoned} end among the dead letters after the deliveries they are allowed`, async () => {
    const program = join(__dirname, 'distributed/poisoned-worker.mjs');
    const victims = deployment.keepAlive(program, { WORKER_QUEUES: 'poison' });
    await deployment.until('the handler is known', async () => {
      await new Trial(deployment, 'poison').register([poison]);
      return true;
    });
    const trial = new Trial(deployment, poisoned);
    const verdict = await trial.survives(async () => {
      const [request] = await trial.crowd(poison, 1);
      const [id = ''] = request?.accepted ?? [];
      await deployment.until('the poison is found out', async () => {
        return (await deployment.client().state(id)).status === 'FAILED';
      });
      const journal = await deployment.client().journal(id);
      expect(journal.filter(({ type }) => type === 'TaskRedelivered')).toHaveLength(DELIVERIES - 1);
    });
    expect(await victims.stop()).toBe(DELIVERIES * profile.rounds);
    expect(verdict).toMatchObject({ faults: [] });
    expect(trial.load.refusals).toBe(0);
  });
});
