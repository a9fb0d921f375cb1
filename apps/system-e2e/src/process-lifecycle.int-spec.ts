import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SubmittedExecution } from '@workflow-engine/contracts';

import { effectNode, type EffectNode, hanging, type NodeDocument } from './load/workload';
import { closeUpstreams, EffectUpstream } from './effect-upstream';
import { killAllProcesses } from './app-process';
import { EngineProcess } from './engine-process';
import { RestClient } from './rest-client';
import { removeTemporaryFolders, temporaryFolder } from './temporary-folder';

/** One for all tests: creating the database is what a first start spends its time on. */
const dataDir = temporaryFolder('lifecycle');
let upstream: EffectUpstream;
let effect: EffectNode;
let options: { readonly dataDir: string; readonly env: Readonly<Record<string, string>> };

beforeEach(async () => {
  upstream = await EffectUpstream.start();
  effect = effectNode(upstream.host);
  options = { dataDir, env: { HTTP_ALLOW_HOSTS: upstream.host } };
});

afterEach(async () => {
  await killAllProcesses();
  await closeUpstreams();
});
afterAll(removeTemporaryFolders);

async function run(client: RestClient, nodes: readonly NodeDocument[]): Promise<string> {
  const submitted = await client.post('/workflow', { name: 'lifecycle', dag: { nodes } });
  const { execution_id } = submitted as SubmittedExecution;
  await client.post(`/workflow/trigger/${execution_id}`, { input: { value: 1 } });
  return execution_id;
}

describe('the data folder', () => {
  it('is kept from a second engine, which says whose it is, and is taken over from a killed one', async () => {
    const { engine, url } = await EngineProcess.start(options);

    const second = EngineProcess.spawn(options);
    expect(await second.exited).toEqual({ code: 1, signal: null });
    expect(second.output.trim()).toBe(
      `the data folder ${options.dataDir} is in use by process ${engine.pid}; stop that process or choose another folder`,
    );

    // The first one did not mind, and its execution is there after the take-over.
    const executionId = await run(new RestClient(url), [effect('only', [], 'input.value', 'add=1')]);
    await upstream.until(() => upstream.total > 0);
    await engine.kill();
    const third = await EngineProcess.start(options);
    expect(await new RestClient(third.url).ended(executionId)).toBe('COMPLETED');
  });
});

describe('SIGTERM', () => {
  it('lets running tasks finish, and nothing of them runs again after the next start', async () => {
    const { engine, url } = await EngineProcess.start(options);
    const client = new RestClient(url);
    const nodes = [
      effect('slow', [], 'input.value', 'add=1&delay_ms=1500'),
      effect('next', ['slow'], 'slow.output.body.value', 'add=1'),
    ];
    const executions = await Promise.all(Array.from({ length: 20 }, () => run(client, nodes)));
    await upstream.until(() => upstream.total >= 20);

    expect(await engine.terminate()).toEqual({ code: 0, signal: null });

    const restarted = await EngineProcess.start(options);
    const after = new RestClient(restarted.url);
    for (const executionId of executions) {
      expect(await after.ended(executionId)).toBe('COMPLETED');
      expect((await after.results(executionId)).output).toMatchObject({ next: { body: { value: 3 } } });
      expect(upstream.effectsOf(`${executionId}:slow`)).toHaveLength(1);
      expect(upstream.effectsOf(`${executionId}:next`)).toHaveLength(1);
    }
  });

  it('does not wait for ever for a task that hangs, which runs again after the next start', async () => {
    const { engine, url } = await EngineProcess.start(options);
    const { nodes } = hanging(effect).definition.dag;
    const executionId = await run(new RestClient(url), nodes);
    await upstream.until(() => upstream.total > 0);

    expect(await engine.terminate()).toEqual({ code: 0, signal: null });

    const restarted = await EngineProcess.start(options);
    const after = new RestClient(restarted.url);
    expect(await after.ended(executionId)).toBe('COMPLETED');
    expect(upstream.effectsOf(`${executionId}:hanging`)).toHaveLength(2);
    const journal = await after.journal(executionId);
    expect(journal.filter(({ type }) => type === 'TaskRedelivered')).toHaveLength(1);
  });
});
