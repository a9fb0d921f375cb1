import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { collect } from '../testing/collect';
import { doubling, type EngineUnderTest, failing, gated, startEngine, wide } from '../testing/engine';
import { ProblemError, WorkflowClient } from './index';

let engine: EngineUnderTest;
let client: WorkflowClient;

beforeAll(async () => {
  engine = await startEngine();
  client = new WorkflowClient({ url: `${engine.url}/` });
  for (const definition of [doubling, failing, gated]) await client.definitions.register(definition);
});

afterAll(() => engine.stop());

/** A workflow of its own name that waits at a gate of its own. */
function gatedAs(name: string): { readonly name: string; readonly dag: object } {
  return { name, dag: { nodes: [{ id: name, handler: 'gate' }] } };
}

describe('an execution', () => {
  it('is submitted, triggered and waited for', async () => {
    const { execution_id: id, status } = await client.submit(doubling);
    expect(status).toBe('PENDING');
    expect(await client.trigger(id, { n: 4 })).toEqual({ execution_id: id, status: 'RUNNING' });
    expect(await client.wait(id)).toMatchObject({ status: 'COMPLETED', output: { result: 8 } });
    expect(await client.wait(id)).toMatchObject({ status: 'COMPLETED' });
    expect(await client.status(id)).toMatchObject({ progress: { percent: 100 } });
    expect(await client.node(id, 'double')).toMatchObject({ config: { value: 8 } });
  });

  it('is started and waited for in one call', async () => {
    expect(await client.run('doubling', { input: { n: 21 } })).toMatchObject({ output: { result: 42 } });
    expect(await client.run('failing')).toMatchObject({ status: 'FAILED', error: { code: 'BROKEN' } });
  });

  it('is started once for each key', async () => {
    const start = (idempotencyKey: string) => client.start('doubling', { input: { n: 1 }, idempotencyKey });
    const [first, again, other] = [await start('a'), await start('a'), await start('b')];
    expect(again).toMatchObject({ execution_id: first.execution_id, created: false });
    expect(other.execution_id).not.toBe(first.execution_id);
  });

  it('is one of many, in the order of the request', async () => {
    const { items } = await client.startMany('doubling', [{ input: { n: 1 } }, { input: { n: 2 } }]);
    const outputs = await Promise.all(
      items.map(async (item) => (await client.wait(item.execution_id)).output),
    );
    expect(outputs).toEqual([{ result: 2 }, { result: 4 }]);
  });

  it('is waited for while it runs', async () => {
    await client.definitions.register(gatedAs('awaited'));
    const { execution_id: id } = await client.start('awaited');
    const ended = client.wait(id);
    engine.handlers.release('awaited');
    expect((await ended).status).toBe('COMPLETED');
  });

  it('is paused, resumed and cancelled', async () => {
    await client.definitions.register(gatedAs('changed'));
    const { execution_id: id } = await client.start('changed');
    expect((await client.pause(id)).status).toBe('PAUSED');
    expect((await client.resume(id)).status).toBe('RUNNING');
    expect((await client.cancel(id, { reason: 'enough' })).status).toBe('CANCELLED');
    const last = (await collect(client.events(id))).at(-1);
    expect(last).toMatchObject({ type: 'ExecutionCancelled', reason: 'enough' });
  });

  it('runs again from a node on', async () => {
    const { execution_id: id } = await client.start('doubling', { input: { n: 4 } });
    await client.wait(id);
    await client.rerun(id, 'double');
    expect(await client.wait(id)).toMatchObject({ status: 'COMPLETED', output: { result: 8 } });
    expect((await client.node(id, 'start')).attempts).toEqual([]);
    expect((await client.node(id, 'double')).attempts).toHaveLength(2);
    await expect(client.rerun(id, 'triple')).rejects.toMatchObject({ code: 'NODE_NOT_FOUND' });
  });

  it('tells what its handlers wrote', async () => {
    await client.definitions.register(gatedAs('logged'));
    const { execution_id: id } = await client.start('logged');
    const live = collect(client.logs(id, { follow: true }));
    engine.handlers.release('logged');
    const line = { node_id: 'logged', attempt: 1, level: 'info', message: 'waiting at logged' };
    expect(await live).toEqual([{ ...line, at: expect.any(String) }]);
    expect(await collect(client.logs(id))).toHaveLength(1);
    expect(await collect(client.logs(id, { nodeId: 'other' }))).toEqual([]);
  });
});

describe('a list', () => {
  it('goes over all pages', async () => {
    await client.definitions.register({ ...doubling, name: 'listed' });
    const { items } = await client.startMany(
      'listed',
      Array.from({ length: 201 }, () => ({})),
    );
    const found = await collect(client.executions({ name: 'listed' }));
    const idsOf = (list: readonly { readonly execution_id: string }[]) =>
      list.map((item) => item.execution_id).sort();
    expect(idsOf(found)).toEqual(idsOf(items));
  });

  it('gives single pages', async () => {
    const executions = client.executions({ name: 'listed' });
    const first = await executions.page({ limit: 150 });
    const second = await executions.page({ limit: 150, cursor: first.next_cursor ?? '' });
    expect([first.items.length, second.items.length, second.next_cursor]).toEqual([150, 51, null]);
  });

  it('finds by status, labels and time', async () => {
    const { execution_id: id } = await client.start('doubling');
    await client.wait(id);
    const find = (filter: object) => client.executions({ name: 'doubling', ...filter }).page({ limit: 1 });
    const labels = { team: 'sales', region: 'eu:west' };
    expect((await find({ labels, status: ['COMPLETED', 'FAILED'] })).items[0]?.execution_id).toBe(id);
    expect((await find({ labels: { team: 'other' } })).items).toEqual([]);
    expect((await find({ since: '2999-01-01T00:00:00Z' })).items).toEqual([]);
  });

  it('goes over a journal of many pages', async () => {
    await client.definitions.register({ ...wide(250), name: 'long' });
    const { execution_id: id } = await client.start('long');
    await client.wait(id);
    const events = await collect(client.events(id));
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.length).toBeGreaterThan(250);
    expect((await collect(client.events(id, { after: 240 })))[0]?.seq).toBe(241);
  });
});

describe('definitions', () => {
  it('have versions', async () => {
    const name = 'name with / and ü';
    await client.definitions.register({ ...doubling, name });
    await client.definitions.register({ ...doubling, name, description: 'newer' });
    expect(await client.definitions.get(name)).toMatchObject({ version: 2 });
    expect(await client.definitions.get(name, { version: 1 })).toMatchObject({ version: 1 });
    const versions = await collect(client.definitions.versions(name));
    expect(versions.map(({ version }) => version)).toEqual([2, 1]);
    expect((await collect(client.definitions.list())).map((each) => each.name)).toContain(name);
  });

  it('are checked without being registered', async () => {
    expect(await client.definitions.validate(doubling)).toMatchObject({ valid: true, node_count: 2 });
    const check = await client.definitions.validate({
      name: 'x',
      dag: { nodes: [{ id: 'a', handler: 'ghost' }] },
    });
    expect(check.errors).toMatchObject([{ code: 'UNKNOWN_HANDLER', pointer: '/dag/nodes/0/handler' }]);
  });
});

describe('dead letters', () => {
  it('are listed, retried and discarded', async () => {
    const [first, second] = [await client.run('failing'), await client.run('failing')];
    const letters = await collect(client.deadLetters.list());
    const letterOf = (id: string) => letters.find((letter) => letter.execution_id === id)?.id ?? '';
    await client.deadLetters.discard(letterOf(second.execution_id));
    await expect(client.deadLetters.discard(letterOf(second.execution_id))).rejects.toMatchObject({
      status: 404,
    });
    engine.handlers.repair();
    expect(await client.deadLetters.retry(letterOf(first.execution_id))).toMatchObject({ name: 'failing' });
    expect((await client.wait(first.execution_id)).status).toBe('COMPLETED');
    await client.retry(second.execution_id);
    expect((await client.wait(second.execution_id)).status).toBe('COMPLETED');
  });
});

describe('a refusal', () => {
  it('names every fault and its place', async () => {
    const nodes = [
      { id: 'a', handler: 'echo', dependencies: ['b'] },
      { id: 'c', handlr: 'echo' },
    ];
    const refusal: unknown = await client
      .submit({ name: 'bad', dag: { nodes } })
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ProblemError);
    const { code, status, faults, retryable, refused } = refusal as ProblemError;
    expect({ code, status, retryable, refused }).toEqual({
      code: 'INVALID_DEFINITION',
      status: 400,
      retryable: false,
      refused: true,
    });
    expect(faults.map(({ pointer }) => pointer)).toEqual(
      expect.arrayContaining(['/dag/nodes/0/dependencies/0', '/dag/nodes/1/handlr']),
    );
  });

  it('says the actual state', async () => {
    const { execution_id: id } = await client.run('doubling');
    await expect(client.trigger(id)).rejects.toMatchObject({
      code: 'WRONG_STATE',
      problem: { execution_status: 'COMPLETED' },
    });
    await expect(client.status('nobody')).rejects.toMatchObject({ code: 'EXECUTION_NOT_FOUND' });
  });
});
