import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CommitBatch, JournalEvent, PartitionLease } from '@workflow-engine/execution';

import { commitCall, commitIdOf } from './commit-arguments';
import { chunksOf } from './commit-chunks';
import { type HotPortsUnderTest, hotPortsOn, servers } from './testing/hot-ports-under-test';
import { PartitionUnderTest, positionsOf } from './testing/partition-under-test';

describe.each(Object.entries(servers))('a write in several steps, on %s', (_name, url) => {
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

  describe('a reset', () => {
    it('that was interrupted is known as such, and takes no outcomes meanwhile', async () => {
      await hot.store.commit(await on.begin('old'), on.next('a'));
      const claimed = await hot.tasks.claim(on.request(0));
      const lease = await on.acquire('old');
      const { lease: key } = hot.connection.keys.partition(partition);
      expect(await hot.connection.run('reset', [key], [lease.epoch, ''])).toBe('reset');
      expect(await hot.store.progress(partition)).toMatchObject({ timeline: -1, turn: 0, isResumed: false });
      await on.settle(claimed);
      expect(await on.inbound()).toEqual([]);

      expect(await hot.store.reset(lease)).toBe('reset');
      expect(await hot.store.progress(partition)).toMatchObject({ timeline: 0, turn: 0, isResumed: false });
      expect(await hot.store.read(executionId, 0)).toBeUndefined();
    });
  });

  describe('a commit', () => {
    const wide = (count: number): CommitBatch => {
      const { journals, ...batch } = on.next();
      const events = Array.from({ length: count }, (_, index): JournalEvent => {
        const at = new Date(1_760_000_000_000 + on.seq + index).toISOString();
        return { seq: on.seq + index, at, type: 'NodeScheduled', node_id: `n${index}`, attempt: 1 };
      });
      on.seq += count - 1;
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
      const lease = await on.acquire('a');
      const first = on.next('a');
      expect(await hot.store.commit(lease, first)).toBe('fenced');
      expect(await hot.store.resume(lease, 0)).toBe('resumed');
      expect(await hot.store.commit(lease, first)).toBe('committed');
      expect(await hot.store.commit(lease, first)).toBe('committed');
      expect(await hot.store.commit(lease, { ...on.next(), turn: 1 })).toBe('fenced');
      expect(await hot.store.commit(lease, { ...on.next(), turn: 3 })).toBe('fenced');
      expect((await hot.store.progress(partition)).turn).toBe(1);
      expect(await hot.store.read(executionId, 0)).toHaveLength(1);
    });

    it('that was interrupted goes on with the chunk that follows, and nothing else', async () => {
      const lease = await on.begin('a');
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
      const late = await on.begin('late');
      const batch = wide(1200);
      expect(await commitChunks(late, batch, 0)).toEqual(['committed']);
      const lease = await on.acquire('late');
      expect(await commitChunks(late, batch, 1)).toEqual(['fenced']);
      on.seq = 500;
      expect(await hot.store.commit(lease, on.next())).toBe('committed');
      expect(await commitChunks(lease, batch, 1)).toEqual(['fenced']);
      const journal = await hot.store.read(executionId, 0);
      expect(journal?.map((event) => event.seq)).toEqual(
        Array.from({ length: 501 }, (_, index) => index + 1),
      );
      const slices = await on.take();
      expect(positionsOf(slices)).toEqual(
        [1, 2].map((at) => ({ partition, timeline: late.epoch, turn: at })),
      );
    });
  });
});
