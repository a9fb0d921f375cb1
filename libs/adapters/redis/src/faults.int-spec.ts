import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ClaimedTask, Command } from '@workflow-engine/execution';
import { UnavailableError, partitionOf } from '@workflow-engine/execution';
import {
  aBatch,
  aLease,
  aTask,
  commitNext,
  newId,
  succeeded,
  takeFrom,
} from '@workflow-engine/execution/testing';
import { Redis } from 'ioredis';

import { EngineUnderTest } from './testing/engine-under-test';
import { type HotPortsUnderTest, hotPortsOn, recordingLog, servers } from './testing/hot-ports-under-test';
import { leftovers } from './testing/leftovers';
import { type StallingProxy, proxyTo } from './testing/stalling-proxy';

const PARTITIONS = 4;
const chain = {
  nodes: [
    { id: 'a', handler: 'work' },
    { id: 'b', handler: 'work', dependencies: ['a'] },
    { id: 'c', handler: 'work', dependencies: ['b'] },
  ],
};

describe('an engine whose connection has faults', () => {
  let proxy: StallingProxy;
  let hot: HotPortsUnderTest;
  let engine: EngineUnderTest;
  let admin: Redis;
  const log = recordingLog();

  beforeEach(async () => {
    proxy = await proxyTo(servers.redis);
    admin = new Redis(servers.redis);
    const options = { partitions: PARTITIONS, log, maxBlockMs: 500, overdueMs: 300, commandTimeoutMs: 1000 };
    hot = await hotPortsOn(proxy.url, options);
    engine = new EngineUnderTest(hot, { partitions: PARTITIONS, log, leaseMs: 1500 });
    await engine.start();
    await engine.api.register({ name: 'chain', dag: chain });
  });
  afterEach(async () => {
    await engine.stop();
    await hot.close();
    await proxy.close();
    admin.disconnect();
  });

  /** Starts executions one after the other; what fails to start is tried again, as a client would. */
  async function startMany(count: number): Promise<readonly string[]> {
    const ids: string[] = [];
    for (let n = 0; n < count; n++) {
      const request = { input: {}, idempotencyKey: `key-${n}` };
      for (;;) {
        try {
          const [started] = await engine.api.start('chain', [request]);
          if (started !== undefined) ids.push(started.execution.id);
          break;
        } catch (error) {
          if (!(error instanceof UnavailableError)) throw error;
        }
      }
    }
    return ids;
  }

  async function expectAllCompleted(ids: readonly string[]): Promise<void> {
    const journals = await engine.finished(ids, 30_000);
    for (const journal of journals.values()) {
      expect(journal.at(-1)?.type).toBe('ExecutionCompleted');
      expect(journal.filter(({ type }) => type === 'NodeCompleted')).toHaveLength(3);
    }
    await engine.worker.stop();
    await hot.tasks.reclaimStalled(60_000, 1000);
    expect(await leftovers(hot.connection, [servers.redis])).toEqual([]);
  }

  it('goes on when the server forgets its scripts under load', async () => {
    const starting = startMany(200);
    for (let n = 0; n < 10; n++) {
      await hot.advance(20);
      await admin.script('FLUSH');
    }
    await expectAllCompleted(await starting);
  }, 60_000);

  it('goes on when all its connections are killed, again and again', async () => {
    const starting = startMany(100);
    for (let n = 0; n < 5; n++) {
      await hot.advance(60);
      proxy.cut();
    }
    await expectAllCompleted(await starting);
  }, 60_000);

  it('replaces blocking reads and commands that never return', async () => {
    const before = await startMany(20);
    proxy.stall();
    await expectAllCompleted([...before, ...(await startMany(5))]);
    expect(log.lines.join('\n')).toContain('a blocking read did not return');
  }, 60_000);
});

describe.each(Object.entries(servers))('entries nobody can read, on %s', (_name, url) => {
  let hot: HotPortsUnderTest;
  const log = recordingLog();
  beforeEach(async () => void (hot = await hotPortsOn(url, { partitions: PARTITIONS, log })));
  afterEach(() => hot.close());

  it('in an inbound stream are set aside, and the partition goes on behind them', async () => {
    const { inbound, malformed } = hot.connection.keys.partition(1);
    await hot.connection.send('XADD', inbound, '*', 'c', '[{"type":');
    await hot.connection.send('XADD', inbound, '*', 'other', 'x', 'y', 'z');
    await hot.connection.send('XADD', inbound, '*', 'c', '[{"type":"Pause","executionId":"e"}]');
    const entries = await hot.stream.read({ after: new Map([[1, undefined]]), limit: 10, waitMs: 0 });

    expect(entries.flatMap(({ commands }) => commands)).toEqual([{ type: 'Pause', executionId: 'e' }]);
    expect(await hot.connection.send('XLEN', malformed)).toBe(2);
    expect(log.lines.filter((line) => line.includes(inbound))).toHaveLength(2);
  });

  it('in a queue are set aside, and the others of the packet are claimed', async () => {
    const { stream } = hot.connection.keys.queue(2, 'default');
    await aLease(hot, 2);
    const good = [
      '"executionId":"e","nodeId":"n","attempt":1,"delivery":1',
      '{"queue":"default","handler":"h"}',
    ];
    await hot.connection.send('XADD', stream, '*', 'alien', 'x', ...good);
    await hot.connection.send('XADD', stream, '*', 'alien', '{}');
    const request = { worker: 'w', queues: ['default'], limit: 10, waitMs: 0 };

    const claimed = [...(await hot.tasks.claim(request)), ...(await hot.tasks.claim(request))];
    expect(claimed.map(({ task }) => task.nodeId)).toEqual(['n']);
    expect(await hot.connection.send('XLEN', hot.connection.keys.partition(2).malformed)).toBe(2);
    expect(log.lines.filter((line) => line.includes(stream))).toHaveLength(2);
    expect(await hot.connection.send('XLEN', stream)).toBe(1);
  });

  it('in the outbox are set aside, and archiving goes on', async () => {
    const { outbox, malformed } = hot.connection.keys.partition(0);
    await hot.connection.send('XADD', outbox, '*', 'alien', 'x');
    expect((await takeFrom(hot, 10)).slices).toEqual([]);
    expect(await hot.connection.send('XLEN', malformed)).toBe(1);
    expect(await hot.connection.send('XLEN', outbox)).toBe(0);
  });
});

describe.each(Object.entries(servers))('a packet of 50 tasks, on %s', (_name, url) => {
  let hot: HotPortsUnderTest;
  const executionId = newId();
  const partition = partitionOf(executionId, PARTITIONS);
  beforeEach(async () => void (hot = await hotPortsOn(url, { partitions: PARTITIONS })));
  afterEach(() => hot.close());

  async function enqueue(count: number): Promise<void> {
    const tasks = Array.from({ length: count }, (_, index) => aTask({ executionId, nodeId: `n${index}` }));
    await commitNext(hot, await aLease(hot, partition), aBatch({ tasks }));
  }

  const claim = (worker: string, limit = 500): Promise<readonly ClaimedTask[]> =>
    hot.tasks.claim({ worker, queues: ['default'], limit, waitMs: 0 });
  const settle = (worker: string, claimed: readonly ClaimedTask[]): Promise<unknown> =>
    hot.tasks.settle(
      worker,
      claimed.map(({ receipt, task }) => ({ receipt, outcome: succeeded(task, 'done') })),
    );
  const inbound = async (): Promise<readonly Command[]> => {
    const entries = await hot.stream.read({
      after: new Map([[partition, undefined]]),
      limit: 1000,
      waitMs: 0,
    });
    return entries.flatMap(({ commands }) => commands);
  };
  const packets = (): Promise<unknown> =>
    hot.connection.send('XLEN', hot.connection.keys.queue(partition, 'default').stream);

  it('leaves with the last of its outcomes, which went out as they came', async () => {
    await enqueue(200);
    expect(await packets()).toBe(4);
    const claimed = await claim('w');
    await settle('w', claimed.slice(0, 130));
    expect(await inbound()).toHaveLength(130);
    expect(await packets()).toBe(2);
    await settle('w', claimed.slice(130));
    expect(await packets()).toBe(0);
    expect(await hot.tasks.depths()).toMatchObject([{ queue: 'default', waiting: 0, claimed: 0 }]);
  });

  it('reports only those as lost that have no outcome, and takes late outcomes of a zombie', async () => {
    await enqueue(200);
    const claimed = await claim('w');
    await settle('w', claimed.slice(0, 170));
    await hot.advance(50);
    expect(await hot.tasks.reclaimStalled(30, 500)).toBe(30);
    const lost = (await inbound()).filter(({ type }) => type === 'TaskLost');
    expect(lost).toEqual(
      claimed.slice(170).map(({ task: { nodeId } }) => {
        return { type: 'TaskLost', executionId, nodeId, attempt: 1, delivery: 1 };
      }),
    );
    expect(await packets()).toBe(0);

    await settle('w', claimed.slice(160));
    await settle('w', claimed.slice(160));
    expect((await inbound()).filter(({ type }) => type === 'TaskSucceeded')).toHaveLength(170 + 40 + 40);
    expect(await leftoverMarks()).toBe(0);
    expect(await hot.tasks.depths()).toMatchObject([{ queue: 'default', waiting: 0, claimed: 0 }]);
  });

  it.each<['settled' | 'released' | 'lost', number]>([
    ['settled', 1],
    ['settled', 100],
    ['released', 1],
    ['released', 100],
    ['lost', 100],
  ])('takes the marks of its starts with it, when its tasks are %s (%d of them)', async (how, count) => {
    await enqueue(count);
    const claimed = await claim('w');
    const receipts = claimed.map(({ receipt }) => receipt);
    expect(await hot.tasks.markStarted('w', receipts.slice(0, 60))).toEqual([]);
    expect(await leftoverMarks()).toBe(count === 1 ? 2 : 4);
    if (how === 'settled') await settle('w', claimed);
    else if (how === 'released') await hot.tasks.release('w', receipts);
    else {
      await hot.advance(20);
      await hot.tasks.reclaimStalled(10, 500);
    }
    const rest = await claim('w');
    await settle('w', rest);
    expect(rest).toHaveLength(how === 'released' ? Math.max(0, count - 60) : 0);
    expect(await leftoverMarks()).toBe(0);
    expect(await packets()).toBe(0);
    expect(await hot.tasks.depths()).toMatchObject([{ queue: 'default', waiting: 0, claimed: 0 }]);
  });

  it('leaves no revocation behind, not even of a task that nobody has queued', async () => {
    const revoked = [{ executionId, nodeId: 'n', attempt: 1 }];
    await commitNext(hot, await aLease(hot, partition), aBatch({ revoked }));
    const isThere = () => hot.connection.send('EXISTS', hot.connection.keys.partition(partition).revoked);
    expect(await isThere()).toBe(1);
    expect(await hot.tasks.reclaimStalled(10, 500)).toBe(0);
    expect(await isThere()).toBe(0);
  });

  it('is shared among workers that have little room', async () => {
    await enqueue(200);
    const nodes: string[] = [];
    for (let round = 0; nodes.length < 200 && round < 200; round++) {
      const claimed = await claim(`w${round % 7}`, 3);
      expect(claimed.length).toBeLessThanOrEqual(3);
      nodes.push(...claimed.map(({ task }) => task.nodeId));
    }
    expect(new Set(nodes).size).toBe(200);
    expect(nodes).toHaveLength(200);
    expect(await claim('w')).toEqual([]);
  });

  it('is smaller when its tasks are large, as are the entries with their outcomes', async () => {
    const large = 'x'.repeat(100_000);
    const huge = 'x'.repeat(600_000);
    const tasks = [large, large, large, huge, large].map((config, index) =>
      aTask({ executionId, nodeId: `n${index}`, config }),
    );
    await commitNext(hot, await aLease(hot, partition), aBatch({ tasks }));
    const claimed = await claim('w');
    expect(claimed.map(({ task }) => task)).toEqual(tasks);
    await hot.tasks.settle(
      'w',
      claimed.map(({ receipt, task }) => ({
        receipt,
        outcome: succeeded(task, JSON.stringify(task.config)),
      })),
    );
    const after = new Map([[partition, undefined]]);
    const entries = await hot.stream.read({ after, limit: 10, waitMs: 0 });
    const nodesOf = (commands: readonly Command[]): readonly unknown[] =>
      commands.map((command) => ('nodeId' in command ? command.nodeId : undefined));
    const together = [['n0', 'n1'], ['n2'], ['n3'], ['n4']];
    expect(entries.map(({ commands }) => nodesOf(commands))).toEqual(together);
    expect(new Set(claimed.map(({ receipt }) => receipt.split('|')[1])).size).toBe(together.length);

    await hot.stream.append(entries.flatMap(({ commands }) => commands));
    const again = await hot.stream.read({ after, limit: 10, waitMs: 0 });
    expect(again.slice(together.length).map(({ commands }) => nodesOf(commands))).toEqual(together);
  });

  const leftoverMarks = (): Promise<unknown> =>
    hot.connection.send('HLEN', hot.connection.keys.queue(partition, 'default').settled);
});
