import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { DemoUpstreamProcess } from './demo-upstream-process';
import { payloadDifferences } from './distributed/acceptance';
import { Deployment } from './distributed/deployment';
import { profile } from './distributed/profile';
import type { App } from './distributed/role-process';
import { Trial } from './distributed/trial';
import { fanIn, layered } from './load/large-shapes';

jest.setTimeout(profile.testMs);

/** So long that no test waits for it: whoever does not hand over at once is found out. */
const leaseMs = 10_000;

/** Nothing is lost here, so every task runs exactly once per attempt. */
const flawless = { faults: [], lost: 0, extraEffects: 0, recovered: 0 };

describe('the engine on several processes', () => {
  let demo: DemoUpstreamProcess;
  let deployment: Deployment;

  beforeAll(async () => {
    demo = await DemoUpstreamProcess.start();
    deployment = await Deployment.start({
      env: {
        LEASE_MS: String(leaseMs),
        HTTP_ALLOW_HOSTS: new URL(demo.url).host,
        OPENAI_BASE_URL: `${demo.url}/v1`,
      },
    });
  });
  afterAll(async () => {
    await deployment.stop();
  });

  it('gives what the files in payloads/expected say', async () => {
    const urls = deployment.all('api').map(({ url }) => url);
    const differences = Object.entries(await payloadDifferences(urls, demo.url));
    expect(differences.length).toBeGreaterThan(20);
    expect(differences.filter(([, problems]) => problems.length > 0)).toEqual([]);
  });

  it(`nothing: ${profile.shared} executions are shared among all of its processes`, async () => {
    const trial = new Trial(deployment, 'nothing');
    for (const shape of trial.shapes)
      await trial.crowd(shape, Math.ceil(profile.shared / trial.shapes.length));
    expect(await trial.verdict()).toMatchObject(flawless);

    const done = { orchestrator: 'wfe_commits_total', worker: 'wfe_task_duration_seconds_count' } as const;
    for (const app of ['orchestrator', 'worker'] as const)
      for (const process of deployment.all(app)) expect(await process.metric(done[app])).toBeGreaterThan(0);
  });

  it(`nothing, large executions: a fan-in of ${profile.branches} and ${profile.nodes} nodes`, async () => {
    const trial = new Trial(deployment, 'nothing, large executions');
    await trial.crowd(fanIn(deployment.upstream.host, profile.branches), 1);
    await trial.crowd(layered(profile.nodes), 1);
    expect(await trial.verdict()).toMatchObject(flawless);
  });

  const terminated: readonly App[] = ['api', 'orchestrator', 'worker', 'reaper'];
  it.each(terminated)('SIGTERM of one %s: no task runs twice', async (app) => {
    const trial = new Trial(deployment, `SIGTERM of one ${app}`);
    await trial.underLoad(async () => {
      for (let round = 0; round < profile.rounds; round++) {
        const leaving = deployment.one(app);
        deployment.takeOut(leaving);
        expect(await leaving.terminate()).toEqual({ code: 0, signal: null });
        await Promise.all([trial.effects(profile.effectsAfter), deployment.add(app)]);
      }
    });
    expect(await trial.verdict()).toMatchObject(flawless);
    expect(trial.load.refusals).toBe(0);
  });

  it('ends in order', async () => {
    await deployment.shutDown();
  });
});
