import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ClaimedTask, PartitionLease } from '@workflow-engine/execution';

import { crash, crashingServers, loseEverything, save } from './testing/crashes';
import { type HotPortsUnderTest, hotPortsOn } from './testing/hot-ports-under-test';
import { LONG_MS, PartitionUnderTest, positionsOf } from './testing/partition-under-test';

const LEASE_MS = 300;

describe.each(Object.entries(crashingServers))('when data was lost, on %s', (_name, url) => {
  let hot: HotPortsUnderTest;
  let on: PartitionUnderTest;
  let executionId: string;
  let partition: number;

  beforeEach(async () => {
    hot = await hotPortsOn(url, { partitions: 2 });
    on = new PartitionUnderTest(hot);
    ({ executionId, partition } = on);
  });
  afterEach(() => hot.close());

  describe('a server that came back as it was a while ago', () => {
    let old: PartitionLease;

    beforeEach(async () => {
      old = await on.begin('old');
      // There are consumer groups from now on.
      expect(await on.claim()).toEqual([]);
      await hot.store.commit(old, on.next('a'));
      await save(url);
      await hot.store.commit(old, on.next('b'));
    });

    /** A worker has `c`, after which it may go on with `d`. */
    async function claimedChain(): Promise<readonly ClaimedTask[]> {
      await hot.store.commit(old, on.nextChain('c', 'd'));
      const claimed = await hot.tasks.claim(on.request(0));
      return claimed.filter(({ task: { nodeId } }) => nodeId === 'c');
    }

    it('gives out no task before the partition is resumed', async () => {
      await crash(url);
      expect(await on.claim()).toEqual([]);
      expect(await on.claim(200)).toEqual([]);

      const waiting = on.claimSome();
      const lease = await on.acquire('next', 1 - partition);
      expect(await hot.store.resume(lease, 0)).toBe('resumed');
      expect(await on.claim(100)).toEqual([]);
      expect(await hot.store.resume(await on.acquire('next'), 1)).toBe('resumed');
      expect(await waiting).toEqual(['a']);
    }, 30_000);

    it('gives nothing to a worker that was about to wait', async () => {
      expect(await on.claim()).toEqual(['a', 'b']);
      expect(await on.claim(50)).toEqual([]);
      await crash(url);
      expect(await on.claim(200)).toEqual([]);
    }, 30_000);

    it('gives nothing to a worker that has waited all along', async () => {
      expect(await on.claim()).toEqual(['a', 'b']);
      expect(await on.claim(50)).toEqual([]);
      const waiting = hot.tasks.claim(on.request(LONG_MS)).catch(() => []);
      await crash(url);
      expect(await waiting).toEqual([]);
      expect(await on.claim(200)).toEqual([]);
      expect(await on.claim(200)).toEqual([]);
      await on.begin('next');
      expect(await on.claimSome()).toEqual(['a']);
    }, 30_000);

    it('lets nobody go on with a follow-up before the partition is resumed, nor with one from before', async () => {
      const task = await claimedChain();
      await save(url);
      await crash(url);
      expect(await on.goOn(task)).toEqual([]);
      await on.begin('next');
      expect(await on.goOn(task)).toEqual([]);
    }, 30_000);

    it('takes outcomes of nothing but tasks that it knows before the partition is resumed', async () => {
      const claimed = await hot.tasks.claim(on.request(0));
      expect(claimed).toHaveLength(2);
      await crash(url);
      await on.settle(claimed);
      expect(await on.inbound()).toEqual([expect.objectContaining({ nodeId: 'a' })]);
    }, 30_000);

    it('takes no outcome of a follow-up of which it knows nothing', async () => {
      const task = await claimedChain();
      await save(url);
      expect(await on.goOn(task)).toEqual(['d']);
      await crash(url);
      on.turn = (await hot.store.progress(partition)).turn;
      await on.begin('next');
      await on.settle(task.map((one) => ({ ...one, task: { ...one.task, nodeId: 'd' } })));
      expect(await on.inbound()).toEqual([]);
      await on.settle(task);
      expect(await on.inbound()).toEqual([expect.objectContaining({ type: 'TaskSucceeded', nodeId: 'c' })]);
    }, 30_000);

    it('does not know the old owner any more', async () => {
      await crash(url);
      expect(await hot.leases.renew([old], 'old', LONG_MS)).toEqual([]);
      expect(await hot.store.commit(old, on.next())).toBe('fenced');
      expect(await hot.store.resume(old, 2)).toBe('fenced');
      expect(await hot.store.reset(old)).toBe('fenced');
      expect(await hot.store.progress(partition)).toEqual({
        timeline: old.epoch,
        turn: 1,
        offset: undefined,
        isResumed: false,
      });
      expect((await on.acquire('next')).epoch).toBeGreaterThan(old.epoch);
    }, 30_000);

    it('forgets everything on a reset, and goes on after the archived turn', async () => {
      await hot.stream.append([{ type: 'Pause', executionId }]);
      await save(url);
      await crash(url);
      const lease = await on.acquire('next');
      expect(await hot.store.reset(lease)).toBe('reset');
      expect(await hot.store.progress(partition)).toEqual({
        timeline: 0,
        turn: 0,
        offset: undefined,
        isResumed: false,
      });
      expect(await hot.store.commit(lease, { ...on.next(), turn: 1 })).toBe('fenced');
      expect(await hot.store.read(executionId, 0)).toBeUndefined();
      expect(await on.inbound()).toEqual([]);
      expect(await hot.outbox.lag()).toBe(0);
      expect(await hot.tasks.depths()).toEqual([]);

      on.turn = 7;
      await on.begin('next');
      expect(await on.claim()).toEqual([]);
      expect(await hot.store.commit(lease, on.next('c'))).toBe('fenced');
      const current = await on.acquire('next');
      expect(await hot.store.commit(current, { ...on.next('c'), turn: 8 })).toBe('committed');
      expect(await on.claim()).toEqual(['c']);
      expect(positionsOf(await on.take())).toEqual([expect.objectContaining({ partition, turn: 8 })]);
    }, 30_000);
  });

  describe('a server that was restarted and lost nothing', () => {
    it('keeps the claims of running tasks, and takes their outcomes', async () => {
      const old = await on.begin('old');
      await hot.store.commit(old, on.next('a', 'b'));
      const claimed = await hot.tasks.claim(on.request(0));
      expect(claimed).toHaveLength(2);
      // Nobody can be heard of while the server is away.
      await hot.advance(LEASE_MS + 100);
      await save(url);
      await crash(url);
      expect(await hot.tasks.reclaimStalled(0, 100)).toBe(0);
      on.turn = (await hot.store.progress(partition)).turn;
      await on.begin('next');
      expect(await hot.tasks.reclaimStalled(LEASE_MS, 100)).toBe(0);
      const receipts = claimed.map(({ receipt }) => receipt);
      expect(await hot.tasks.renew('w', receipts)).toEqual([]);

      await on.settle(claimed);
      expect(await on.inbound()).toHaveLength(2);
      expect(await hot.tasks.renew('w', receipts)).toEqual(receipts);
      expect(await hot.tasks.depths()).toMatchObject([{ waiting: 0, claimed: 0 }]);
    }, 30_000);

    it('reports the claims of workers that are gone, a lease later', async () => {
      await hot.store.commit(await on.begin('old'), on.next('a'));
      expect(await on.claim()).toEqual(['a']);
      await save(url);
      await crash(url);
      await on.begin('next');
      await hot.advance(LEASE_MS + 100);
      expect(await hot.tasks.reclaimStalled(LEASE_MS, 100)).toBe(1);
      expect(await on.inbound()).toEqual([expect.objectContaining({ type: 'TaskLost', nodeId: 'a' })]);
    }, 30_000);
  });

  describe('a server that was emptied', () => {
    it('gives an archiver the slices of each timeline under its name', async () => {
      const old = await on.begin('old');
      await hot.store.commit(old, on.next());
      const held = await on.take();
      expect(positionsOf(held)).toEqual([{ partition, timeline: old.epoch, turn: 1 }]);
      await loseEverything(url);
      const lease = await on.begin('next');
      await hot.store.commit(lease, on.next());
      // What this archiver has begun to read belongs to the older timeline, for all it knows.
      const mistaken = await on.take();
      expect(positionsOf(mistaken)).toEqual([{ partition, timeline: old.epoch, turn: 2 }]);
      await hot.outbox.giveBack(held);
      expect(positionsOf(await on.take())).toEqual([{ partition, timeline: lease.epoch, turn: 2 }]);
      await hot.outbox.confirm(held);
      await hot.outbox.confirm({ slices: [], receipts: mistaken.receipts });
      expect(await hot.outbox.lag()).toBe(1);
    });

    it('is read from the beginning after a fault: it may be another one, whose clock is behind', async () => {
      await hot.store.commit(await on.begin('old'), on.next());
      expect((await on.take()).slices).toHaveLength(1);
      const { outbox } = hot.connection.keys.partition(partition);
      const [[, fields]] = (await hot.connection.send('XRANGE', outbox, '-', '+')) as [[string, string[]]];
      await hot.connection.send('SET', outbox, 'no stream');
      await expect(on.take()).rejects.toThrow('WRONGTYPE');
      await hot.connection.send('DEL', outbox);
      await hot.connection.send('XADD', outbox, '1-1', ...fields);
      expect((await on.take()).slices).toHaveLength(1);
    });

    it('gives out what comes after it was resumed, also to those who waited', async () => {
      await on.begin('old');
      expect(await on.claim(50)).toEqual([]);
      await loseEverything(url);
      expect(await on.claim(100)).toEqual([]);
      const waiting = on.claimSome();
      await hot.store.commit(await on.begin('next'), on.next('a'));
      expect(await waiting).toEqual(['a']);
    });

    it('takes no outcome of a task that was claimed before', async () => {
      await hot.store.commit(await on.begin('old'), on.next('a', 'b'));
      const claimed = await hot.tasks.claim(on.request(0));
      await loseEverything(url);
      await on.settle(claimed.slice(0, 1));
      on.turn = 0;
      const lease = await on.begin('next');
      await on.settle(claimed.slice(1));
      expect(await on.inbound()).toEqual([]);

      await hot.store.commit(lease, on.next('a'));
      await on.settle(await hot.tasks.claim(on.request(0)));
      expect(await on.inbound()).toEqual([expect.objectContaining({ type: 'TaskSucceeded', nodeId: 'a' })]);
    });

    it('keeps a paused owner from changing what its successor has', async () => {
      const paused = await on.begin('paused');
      await loseEverything(url);
      const lease = await on.begin('next');
      expect(lease.epoch).toBeGreaterThan(paused.epoch);
      const batch = on.next();
      expect(await hot.store.commit(paused, batch)).toBe('fenced');
      expect(await hot.store.read(executionId, 0)).toBeUndefined();
      expect(await hot.store.commit(lease, batch)).toBe('committed');
      expect(await hot.store.reset(paused)).toBe('fenced');
      expect(await hot.store.read(executionId, 0)).toHaveLength(1);
    });
  });
});
