import { describe, expect, it } from '@jest/globals';

import type { PartitionLease } from '../../src/ports/partition-leases';
import {
  LONG_MS,
  aBatch,
  aLease,
  aSlice,
  aTask,
  allCommands,
  commitNext,
  newExecutionIn,
  slicesOf,
  takeFrom,
} from '../hot-ports';
import type { HotPortsFixture } from '../hot-ports';

export function describeProgress(fixture: () => HotPortsFixture): void {
  const anExecution = (partition = 0): string => newExecutionIn(partition, fixture().partitions);

  async function acquired(owner: string): Promise<PartitionLease> {
    const lease = await fixture().leases.acquire(0, owner, LONG_MS);
    if (lease === undefined) throw new Error('the partition is not to be had');
    return lease;
  }

  describe('a partition', () => {
    it('of which nothing is known says so, until it is resumed', async () => {
      const { store } = fixture();
      const unknown = { timeline: 0, turn: 0, offset: undefined, isResumed: false };
      expect(await store.progress(0)).toEqual(unknown);
      const lease = await acquired('a');
      expect(await store.progress(0)).toEqual(unknown);
      expect(await store.resume(lease, 41)).toBe('resumed');
      expect(await store.progress(0)).toEqual({
        ...unknown,
        timeline: lease.epoch,
        turn: 41,
        isResumed: true,
      });
      expect(await store.progress(1)).toEqual(unknown);
    });

    it('counts its commits, and takes none but the next one', async () => {
      const { store } = fixture();
      const executionId = anExecution();
      const lease = await aLease(fixture(), 0);
      const batchOf = (turn: number, seq: number) =>
        aBatch({ turn, journals: [aSlice(executionId, seq, seq)] });
      expect(await store.commit(lease, batchOf(1, 1))).toBe('committed');
      expect(await store.commit(lease, batchOf(3, 2))).toBe('fenced');
      expect(await store.commit(lease, batchOf(1, 2))).toBe('fenced');
      expect(await store.commit(lease, batchOf(2, 2))).toBe('committed');
      expect(await store.commit(lease, batchOf(2, 3))).toBe('fenced');
      expect(await store.progress(0)).toMatchObject({ turn: 2 });
      expect(await store.read(executionId, 0)).toEqual(aSlice(executionId, 1, 2).events);
    });

    it('goes on where it was for whoever holds it next', async () => {
      const { store, leases } = fixture();
      const first = await aLease(fixture(), 0);
      await commitNext(fixture(), first, aBatch({ journals: [aSlice(anExecution(), 1, 1)] }));
      await leases.release([first], 'somebody else');
      expect(await store.progress(0)).toMatchObject({ timeline: first.epoch, turn: 1, isResumed: true });
    });

    it('is neither resumed nor reset by who does not hold it any more', async () => {
      const { store, leases } = fixture();
      const executionId = anExecution();
      const lost = await acquired('a');
      await leases.release([lost], 'a');
      const held = await aLease(fixture(), 0);
      await commitNext(fixture(), held, aBatch({ journals: [aSlice(executionId, 1, 1)] }));

      expect(await store.resume(lost, 7)).toBe('fenced');
      expect(await store.reset(lost)).toBe('fenced');
      expect(await store.progress(0)).toMatchObject({ timeline: held.epoch, turn: 1 });
      expect(await store.read(executionId, 0)).toHaveLength(1);
    });

    it('that is reset has lost everything, and only that partition has', async () => {
      const { store, tasks, stream, outbox, partitions } = fixture();
      const [lost, kept] = [anExecution(0), anExecution(1)];
      const lease = await aLease(fixture(), 0);
      for (const [executionId, held] of [
        [lost, lease],
        [kept, await aLease(fixture(), 1)],
      ] as const) {
        await stream.append([{ type: 'Pause', executionId }]);
        await commitNext(
          fixture(),
          held,
          aBatch({
            journals: [aSlice(executionId, 1, 3)],
            tasks: ['a', 'b'].map((nodeId) => aTask({ executionId, nodeId })),
            timersSet: [{ executionId, dueAt: 1 }],
          }),
        );
      }
      const claim = (limit: number) => tasks.claim({ worker: 'w', queues: ['default'], limit, waitMs: 0 });
      await claim(1);

      expect(await store.reset(lease)).toBe('reset');
      expect(await claim(1)).not.toMatchObject([{ task: { executionId: lost } }]);
      expect(await store.resume(lease, 9)).toBe('resumed');

      expect(await store.progress(0)).toMatchObject({ turn: 9, offset: undefined });
      expect(await store.read(lost, 0)).toBeUndefined();
      expect(await store.read(kept, 0)).toHaveLength(3);
      expect((await store.timersDue([0, 1], 10, 10)).due).toEqual([{ executionId: kept, dueAt: 1 }]);
      expect((await allCommands(stream, partitions)).map(({ executionId }) => executionId)).toEqual([kept]);
      expect((await claim(10)).map(({ task }) => task.executionId)).not.toContain(lost);
      expect(await outbox.lag()).toBe(1);
      expect(slicesOf(await takeFrom(fixture(), 10))).toEqual([aSlice(kept, 1, 3)]);

      await commitNext(
        fixture(),
        lease,
        aBatch({ journals: [aSlice(lost, 1, 1)], tasks: [aTask({ executionId: lost })] }),
      );
      expect(await store.read(lost, 0)).toHaveLength(1);
      expect(await claim(10)).toMatchObject([{ task: { executionId: lost } }]);
    });
  });
}
