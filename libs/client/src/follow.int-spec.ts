import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { JournalEvent } from '@workflow-engine/contracts';

import { collect } from '../testing/collect';
import { type EngineUnderTest, startEngine } from '../testing/engine';
import { Line } from '../testing/line';
import { WorkflowClient } from './index';

let engine: EngineUnderTest;
let direct: WorkflowClient;
let line: Line;
let client: WorkflowClient;

beforeAll(async () => {
  engine = await startEngine();
  direct = new WorkflowClient({ url: engine.url });
});
afterAll(() => engine.stop());

beforeEach(async () => {
  line = await Line.to(engine.url);
  client = new WorkflowClient({ url: line.url, retry: { initialDelayMs: 10 } });
});
afterEach(() => line.close());

/** Gates in a row. */
async function startGates(...ids: readonly string[]): Promise<string> {
  const nodes = ids.map((id, index) => ({
    id,
    handler: 'gate',
    dependencies: ids.slice(Math.max(0, index - 1), index),
  }));
  const { name } = await direct.definitions.register({ name: ids.join('-'), dag: { nodes } });
  return (await direct.start(name)).execution_id;
}

const completes = (event: JournalEvent, nodeId: string) =>
  event.type === 'NodeCompleted' && event.node_id === nodeId;

describe('follow', () => {
  it('gives the journal as it grows, until the end', async () => {
    const id = await startGates('live-1', 'live-2');
    engine.handlers.release('live-1');
    const events: JournalEvent[] = [];
    for await (const event of client.follow(id)) {
      events.push(event);
      if (completes(event, 'live-1')) engine.handlers.release('live-2');
    }
    expect(events).toEqual(await collect(direct.events(id)));
    expect(events.at(-1)?.type).toBe('ExecutionCompleted');
  });

  it('goes on behind what it has when the connection is lost, again and again', async () => {
    const gates = ['cut-1', 'cut-2', 'cut-3'];
    const id = await startGates(...gates);
    const events: JournalEvent[] = [];
    const states: string[] = [];
    engine.handlers.release('cut-1');
    for await (const event of client.follow(id, { onConnection: (state) => states.push(state) })) {
      events.push(event);
      const at = gates.findIndex((gate) => completes(event, gate));
      if (at === -1) continue;
      line.next('request lost');
      line.cut();
      engine.handlers.release(gates[at + 1] ?? '');
    }
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events).toEqual(await collect(direct.events(id)));
    expect(states.filter((state) => state === 'lost').length).toBeGreaterThanOrEqual(4);
  });

  it('starts behind a position, and ends at once when there is nothing behind it', async () => {
    const id = await startGates('behind');
    engine.handlers.release('behind');
    await direct.wait(id);
    const all = await collect(client.follow(id));
    expect(await collect(client.follow(id, { after: 2 }))).toEqual(all.slice(2));
    expect(await collect(client.follow(id, { after: all.length }))).toEqual([]);
  });

  it('passes ends that a retry has undone', async () => {
    const { name } = await direct.definitions.register({
      name: 'revived',
      dag: { nodes: [{ id: 'broken', handler: 'broken' }] },
    });
    const { execution_id: id } = await direct.run(name);
    engine.handlers.repair();
    await direct.retry(id);
    await direct.wait(id);
    const types = (await collect(client.follow(id))).map(({ type }) => type);
    expect(types).toContain('ExecutionFailed');
    expect(types.at(-1)).toBe('ExecutionCompleted');
  });

  it('ends with the reason of its signal, and when nobody reads on', async () => {
    const id = await startGates('aborted');
    const stop = new AbortController();
    const following = async () => {
      for await (const event of client.follow(id, { signal: stop.signal })) {
        if (event.type === 'NodeScheduled') stop.abort(new Error('enough'));
      }
    };
    await expect(following()).rejects.toThrow('enough');
    for await (const event of client.follow(id)) if (event.type === 'NodeScheduled') break;
  });

  it('does not know an execution that does not exist', async () => {
    await expect(collect(client.follow('nobody'))).rejects.toMatchObject({
      code: 'EXECUTION_NOT_FOUND',
    });
  });
});

describe('wait', () => {
  it('survives lost connections', async () => {
    const id = await startGates('waited');
    const lost = new Promise<void>((resolve) => {
      client = new WorkflowClient({
        url: line.url,
        retry: { initialDelayMs: 10 },
        fetch: async (url, init) => {
          const response = await fetch(url, init);
          if (response.body !== null && line.connections === 1) {
            line.cut();
            resolve();
          }
          return response;
        },
      });
    });
    const ended = client.wait(id);
    await lost;
    engine.handlers.release('waited');
    expect((await ended).status).toBe('COMPLETED');
  });

  it('ends with the reason of its signal', async () => {
    const id = await startGates('unfinished');
    await expect(client.wait(id, { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });
});
