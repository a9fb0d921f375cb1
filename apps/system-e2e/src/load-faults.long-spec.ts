import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { Deployment } from './distributed/deployment';
import { killed, replaced } from './distributed/nemesis';
import { profile } from './distributed/profile';
import { APPS } from './distributed/role-process';
import { Trial } from './distributed/trial';
import { layered } from './load/large-shapes';

jest.setTimeout(profile.testMs);

const KILL_EVERY_MS = 1500;

describe('an engine under heavy load', () => {
  let deployment: Deployment;

  beforeAll(async () => {
    // So long that nobody is taken for dead only because the machine is busy.
    deployment = await Deployment.start({ env: { LEASE_MS: '10000' } });
  });
  afterAll(async () => {
    await deployment.stop();
  });

  it('kill -9 storm: a process of each role every few seconds', async () => {
    const trial = new Trial(deployment, 'kill -9 storm');
    await trial.underLoad(async () => {
      const end = Date.now() + profile.stormMs;
      while (Date.now() < end) {
        for (const app of APPS) await Promise.all([sleep(KILL_EVERY_MS), killed(app)(trial)]);
      }
    }, profile.stormPerSecond);
    expect(await trial.verdict()).toMatchObject({ faults: [] });
    // Else the engine could not keep up, and it was no storm.
    expect(trial.rate).toBeGreaterThan(1.5 * profile.stormPerSecond);
  });

  it('rolling deployment, one process after the other: no task runs twice', async () => {
    const trial = new Trial(deployment, 'rolling deployment');
    const verdict = await trial.survives(async () => {
      for (const app of APPS) for (const process of deployment.all(app)) await replaced(process)(trial);
    }, 1);
    expect(verdict).toMatchObject({ faults: [], extraEffects: 0, recovered: 0 });
    expect(trial.load.refusals).toBe(0);
  });

  const besideMany = `beside ${profile.neighbourNodes} tasks`;
  it(`${besideMany} short executions stay short`, async () => {
    const trial = new Trial(deployment, besideMany);
    await trial.register([trial.shape('noops')]);
    const alone = await latencies(trial, 20);
    const [noisy] = await trial.crowd(layered(profile.neighbourNodes), 1);
    const [id = ''] = noisy?.accepted ?? [];
    const beside: number[] = [];
    while ((await deployment.client().state(id)).status === 'RUNNING')
      beside.push(...(await latencies(trial, 1)));
    expect(beside.length).toBeGreaterThan(10);
    console.info(`alone ${inWords(alone)}; beside ${profile.neighbourNodes} tasks ${inWords(beside)}`);
    expect(median(beside)).toBeLessThan(10 * median(alone) + 200);
    expect(Math.max(...beside)).toBeLessThan(50 * median(alone) + 2000);
    expect(await trial.verdict()).toMatchObject({ faults: [] });
  });

  /** From the start to the result of short executions, one after the other, in milliseconds. */
  async function latencies(trial: Trial, count: number): Promise<readonly number[]> {
    const taken: number[] = [];
    for (let left = count; left > 0; left--) {
      const from = performance.now();
      await trial.finished(trial.shape('noops'));
      taken.push(performance.now() - from);
    }
    return taken;
  }
});

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function inWords(values: readonly number[]): string {
  return `${values.length} took ${Math.round(median(values))} ms (median), ${Math.round(Math.max(...values))} ms (longest)`;
}
