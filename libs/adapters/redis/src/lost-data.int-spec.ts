import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type {
  ClaimRequest,
  ClaimedTask,
  Command,
  CommitBatch,
  JournalEvent,
  OutboxBatch,
  PartitionLease,
} from '@workflow-engine/execution';
import { partitionOf } from '@workflow-engine/execution';
import { aBatch, aTask, newId, succeeded } from '@workflow-engine/execution/testing';

import { commitCall, commitIdOf } from './commit-arguments';
import { chunksOf } from './commit-chunks';
import { crash, crashingServers, loseEverything, save } from './testing/crashes';
import { type HotPortsUnderTest, hotPortsOn } from './testing/hot-ports-under-test';

const PARTITIONS = 2;
const LONG_MS = 60_000;
const LEASE_MS = 300;

describe.each(Object.entries(crashingServers))('when data was lost, on %s', (_name, url) => {
  let hot: HotPortsUnderTest;
  let executionId: string;
  let partition: number;
  let turn: number;
  let seq: number;

  beforeEach(async () => {
    hot = await hotPortsOn(url, { partitions: PARTITIONS });
    executionId = newId();
    partition = partitionOf(executionId, PARTITIONS);
    [turn, seq] = [0, 0];
  });
  afterEach(() => hot.close());

  const acquire = async (owner: string, of = partition): Promise<PartitionLease> => {
    const lease = await hot.leases.acquire(of, owner, LONG_MS);
    if (lease === undefined) throw new Error(`${owner} does not get partition ${of}`);
    return lease;
  };

  /** Both partitions may be worked on; the lease is that of the execution. */
  async function begin(owner: string): Promise<PartitionLease> {
    const other = await acquire(owner, 1 - partition);
    const lease = await acquire(owner);
    expect(await hot.store.resume(other, turn)).toBe('resumed');
    expect(await hot.store.resume(lease, turn)).toBe('resumed');
    return lease;
  }

  /** The next turn: one event, and these tasks. */
  function next(...nodeIds: string[]): CommitBatch {
    const at = new Date(1_760_000_000_000 + ++seq).toISOString();
    const event: JournalEvent = { seq, at, type: 'ExecutionPaused' };
    const journals = [{ executionId, events: [event], terminal: false }];
    const tasks = nodeIds.map((nodeId) => aTask({ executionId, nodeId }));
    return aBatch({ turn: ++turn, journals, tasks });
  }

  const request = (waitMs: number): ClaimRequest => ({
    worker: 'w',
    queues: ['default'],
    limit: 100,
    waitMs,
  });
  const claim = async (waitMs = 0): Promise<readonly string[]> =>
    (await hot.tasks.claim(request(waitMs))).map(({ task }) => task.nodeId);

  const settle = (claimed: readonly ClaimedTask[]): Promise<void> =>
    hot.tasks.settle(
      'w',
      claimed.map(({ receipt, task }) => ({ receipt, outcome: succeeded(task, 'done') })),
    );

  const inbound = async (): Promise<readonly Command[]> => {
    const after = new Map([[partition, undefined]]);
    const entries = await hot.stream.read({ after, limit: 1000, waitMs: 0 });
    return entries.flatMap(({ commands }) => commands);
  };

  const take = (): Promise<OutboxBatch> =>
    hot.outbox.take({ partitions: [partition], limit: 100, waitMs: 0 });
  const positionsOf = ({ slices }: OutboxBatch): unknown => slices.map(({ position }) => position);

  describe('a server that came back as it was a while ago', () => {
    let old: PartitionLease;

    beforeEach(async () => {
      old = await begin('old');
      // There are consumer groups from now on.
      expect(await claim()).toEqual([]);
      await hot.store.commit(old, next('a'));
      await save(url);
      await hot.store.commit(old, next('b'));
    });

    it('gives out no task before the partition is resumed', async () => {
      await crash(url);
      expect(await claim()).toEqual([]);
      expect(await claim(200)).toEqual([]);

      const waiting = claim(LONG_MS);
      const lease = await acquire('next', 1 - partition);
      expect(await hot.store.resume(lease, 0)).toBe('resumed');
      expect(await claim(100)).toEqual([]);
      expect(await hot.store.resume(await acquire('next'), 1)).toBe('resumed');
      expect(await waiting).toEqual(['a']);
    }, 30_000);

    it('gives nothing to a worker that was about to wait', async () => {
      expect(await claim()).toEqual(['a', 'b']);
      expect(await claim(50)).toEqual([]);
      await crash(url);
      expect(await claim(200)).toEqual([]);
    }, 30_000);

    it('gives nothing to a worker that has waited all along', async () => {
      expect(await claim()).toEqual(['a', 'b']);
      expect(await claim(50)).toEqual([]);
      const waiting = hot.tasks.claim(request(LONG_MS)).catch(() => []);
      await crash(url);
      expect(await waiting).toEqual([]);
      expect(await claim(200)).toEqual([]);
      expect(await claim(200)).toEqual([]);
      await begin('next');
      expect(await claim(LONG_MS)).toEqual(['a']);
    }, 30_000);

    it('does not know the old owner any more', async () => {
      await crash(url);
      expect(await hot.leases.renew([old], 'old', LONG_MS)).toEqual([]);
      expect(await hot.store.commit(old, next())).toBe('fenced');
      expect(await hot.store.resume(old, 2)).toBe('fenced');
      expect(await hot.store.reset(old)).toBe('fenced');
      expect(await hot.store.progress(partition)).toEqual({
        timeline: old.epoch,
        turn: 1,
        offset: undefined,
        isResumed: false,
      });
      expect((await acquire('next')).epoch).toBeGreaterThan(old.epoch);
    }, 30_000);

    it('forgets everything on a reset, and goes on after the archived turn', async () => {
      await hot.stream.append([{ type: 'Pause', executionId }]);
      await save(url);
      await crash(url);
      const lease = await acquire('next');
      expect(await hot.store.reset(lease)).toBe('reset');
      expect(await hot.store.progress(partition)).toEqual({
        timeline: 0,
        turn: 0,
        offset: undefined,
        isResumed: false,
      });
      expect(await hot.store.commit(lease, { ...next(), turn: 1 })).toBe('fenced');
      expect(await hot.store.read(executionId, 0)).toBeUndefined();
      expect(await inbound()).toEqual([]);
      expect(await hot.outbox.lag()).toBe(0);
      expect(await hot.tasks.depths()).toEqual([]);

      turn = 7;
      await begin('next');
      expect(await claim()).toEqual([]);
      expect(await hot.store.commit(lease, next('c'))).toBe('fenced');
      const current = await acquire('next');
      expect(await hot.store.commit(current, { ...next('c'), turn: 8 })).toBe('committed');
      expect(await claim()).toEqual(['c']);
      expect(positionsOf(await take())).toEqual([expect.objectContaining({ partition, turn: 8 })]);
    }, 30_000);
  });

  describe('a reset', () => {
    it('that was interrupted is known as such, and takes no outcomes meanwhile', async () => {
      await hot.store.commit(await begin('old'), next('a'));
      const claimed = await hot.tasks.claim(request(0));
      const lease = await acquire('old');
      const { lease: key } = hot.connection.keys.partition(partition);
      expect(await hot.connection.run('reset', [key], [lease.epoch, ''])).toBe('reset');
      expect(await hot.store.progress(partition)).toMatchObject({ timeline: -1, turn: 0, isResumed: false });
      await settle(claimed);
      expect(await inbound()).toEqual([]);

      expect(await hot.store.reset(lease)).toBe('reset');
      expect(await hot.store.progress(partition)).toMatchObject({ timeline: 0, turn: 0, isResumed: false });
      expect(await hot.store.read(executionId, 0)).toBeUndefined();
    });
  });

  describe('a server that was restarted and lost nothing', () => {
    it('keeps the claims of running tasks, and takes their outcomes', async () => {
      const old = await begin('old');
      await hot.store.commit(old, next('a', 'b'));
      const claimed = await hot.tasks.claim(request(0));
      expect(claimed).toHaveLength(2);
      // Nobody can be heard of while the server is away.
      await hot.advance(LEASE_MS + 100);
      await save(url);
      await crash(url);
      expect(await hot.tasks.reclaimStalled(0, 100)).toBe(0);
      turn = (await hot.store.progress(partition)).turn;
      await begin('next');
      expect(await hot.tasks.reclaimStalled(LEASE_MS, 100)).toBe(0);
      const receipts = claimed.map(({ receipt }) => receipt);
      expect(await hot.tasks.renew('w', receipts)).toEqual([]);

      await settle(claimed);
      expect(await inbound()).toHaveLength(2);
      expect(await hot.tasks.renew('w', receipts)).toEqual(receipts);
      expect(await hot.tasks.depths()).toMatchObject([{ waiting: 0, claimed: 0 }]);
    }, 30_000);

    it('reports the claims of workers that are gone, a lease later', async () => {
      await hot.store.commit(await begin('old'), next('a'));
      expect(await claim()).toEqual(['a']);
      await save(url);
      await crash(url);
      await begin('next');
      await hot.advance(LEASE_MS + 100);
      expect(await hot.tasks.reclaimStalled(LEASE_MS, 100)).toBe(1);
      expect(await inbound()).toEqual([expect.objectContaining({ type: 'TaskLost', nodeId: 'a' })]);
    }, 30_000);
  });

  describe('a server that was emptied', () => {
    it('gives an archiver the slices of each timeline under its name', async () => {
      const old = await begin('old');
      await hot.store.commit(old, next());
      const held = await take();
      expect(positionsOf(held)).toEqual([{ partition, timeline: old.epoch, turn: 1 }]);
      await loseEverything(url);
      const lease = await begin('next');
      await hot.store.commit(lease, next());
      // What this archiver has begun to read belongs to the older timeline, for all it knows.
      const mistaken = await take();
      expect(positionsOf(mistaken)).toEqual([{ partition, timeline: old.epoch, turn: 2 }]);
      await hot.outbox.giveBack(held);
      expect(positionsOf(await take())).toEqual([{ partition, timeline: lease.epoch, turn: 2 }]);
      await hot.outbox.confirm(held);
      await hot.outbox.confirm({ slices: [], receipts: mistaken.receipts });
      expect(await hot.outbox.lag()).toBe(1);
    });

    it('is read from the beginning after a fault: it may be another one, whose clock is behind', async () => {
      await hot.store.commit(await begin('old'), next());
      expect((await take()).slices).toHaveLength(1);
      const { outbox } = hot.connection.keys.partition(partition);
      const [[, fields]] = (await hot.connection.send('XRANGE', outbox, '-', '+')) as [[string, string[]]];
      await hot.connection.send('SET', outbox, 'no stream');
      await expect(take()).rejects.toThrow('WRONGTYPE');
      await hot.connection.send('DEL', outbox);
      await hot.connection.send('XADD', outbox, '1-1', ...fields);
      expect((await take()).slices).toHaveLength(1);
    });

    it('gives out what comes after it was resumed, also to those who waited', async () => {
      await begin('old');
      expect(await claim(50)).toEqual([]);
      await loseEverything(url);
      expect(await claim(100)).toEqual([]);
      const waiting = claim(LONG_MS);
      await hot.store.commit(await begin('next'), next('a'));
      expect(await waiting).toEqual(['a']);
    });

    it('takes no outcome of a task that was claimed before', async () => {
      await hot.store.commit(await begin('old'), next('a', 'b'));
      const claimed = await hot.tasks.claim(request(0));
      await loseEverything(url);
      await settle(claimed.slice(0, 1));
      turn = 0;
      const lease = await begin('next');
      await settle(claimed.slice(1));
      expect(await inbound()).toEqual([]);

      await hot.store.commit(lease, next('a'));
      await settle(await hot.tasks.claim(request(0)));
      expect(await inbound()).toEqual([expect.objectContaining({ type: 'TaskSucceeded', nodeId: 'a' })]);
    });

    it('keeps a paused owner from changing what its successor has', async () => {
      const paused = await begin('paused');
      await loseEverything(url);
      const lease = await begin('next');
      expect(lease.epoch).toBeGreaterThan(paused.epoch);
      const batch = next();
      expect(await hot.store.commit(paused, batch)).toBe('fenced');
      expect(await hot.store.read(executionId, 0)).toBeUndefined();
      expect(await hot.store.commit(lease, batch)).toBe('committed');
      expect(await hot.store.reset(paused)).toBe('fenced');
      expect(await hot.store.read(executionId, 0)).toHaveLength(1);
    });
  });

  describe('a commit', () => {
    const wide = (count: number): CommitBatch => {
      const { journals, ...batch } = next();
      const events = Array.from({ length: count }, (_, index): JournalEvent => {
        const at = new Date(1_760_000_000_000 + seq + index).toISOString();
        return { seq: seq + index, at, type: 'NodeScheduled', node_id: `n${index}`, attempt: 1 };
      });
      seq += count - 1;
      return { ...batch, journals: journals.map((slice) => ({ ...slice, events })) };
    };

    /** Some of its chunks, as if its owner had died, or been slow, in between. */
    async function commitChunks(lease: PartitionLease, batch: CommitBatch, ...chunks: number[]) {
      const parts = chunksOf(batch);
      const results: unknown[] = [];
      for (const chunk of chunks) {
        const part = parts[chunk];
        if (part === undefined) throw new Error(`there is no chunk ${chunk}`);
        const { epoch } = lease;
        const call = { partition, epoch, commitId: commitIdOf(batch), chunk, batch: part, spread: 1 };
        const { keys, args } = commitCall(hot.connection.keys, call);
        results.push(await hot.connection.run('commit', keys, args));
      }
      return results;
    }

    it('is the next one, or the last one once more', async () => {
      const lease = await acquire('a');
      const first = next('a');
      expect(await hot.store.commit(lease, first)).toBe('fenced');
      expect(await hot.store.resume(lease, 0)).toBe('resumed');
      expect(await hot.store.commit(lease, first)).toBe('committed');
      expect(await hot.store.commit(lease, first)).toBe('committed');
      expect(await hot.store.commit(lease, { ...next(), turn: 1 })).toBe('fenced');
      expect(await hot.store.commit(lease, { ...next(), turn: 3 })).toBe('fenced');
      expect((await hot.store.progress(partition)).turn).toBe(1);
      expect(await hot.store.read(executionId, 0)).toHaveLength(1);
    });

    it('that was interrupted goes on with the chunk that follows, and nothing else', async () => {
      const lease = await begin('a');
      const batch = wide(2200);
      expect(await commitChunks(lease, batch, 0, 0, 1, 3, 1, 0)).toEqual([
        'committed',
        'committed',
        'committed',
        'fenced',
        'committed',
        'committed',
      ]);
      expect(await hot.store.read(executionId, 0)).toHaveLength(1000);
      expect(await hot.store.commit(lease, batch)).toBe('committed');
      expect(await hot.store.read(executionId, 0)).toHaveLength(2200);
    });

    it('that was interrupted is continued by the next owner, and not by the late one', async () => {
      const late = await begin('late');
      const batch = wide(1200);
      expect(await commitChunks(late, batch, 0)).toEqual(['committed']);
      const lease = await acquire('late');
      expect(await commitChunks(late, batch, 1)).toEqual(['fenced']);
      seq = 500;
      expect(await hot.store.commit(lease, next())).toBe('committed');
      expect(await commitChunks(lease, batch, 1)).toEqual(['fenced']);
      const journal = await hot.store.read(executionId, 0);
      expect(journal?.map((event) => event.seq)).toEqual(
        Array.from({ length: 501 }, (_, index) => index + 1),
      );
      const slices = await take();
      expect(positionsOf(slices)).toEqual(
        [1, 2].map((at) => ({ partition, timeline: late.epoch, turn: at })),
      );
    });
  });
});
