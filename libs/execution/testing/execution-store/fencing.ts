import { describe, expect, it } from '@jest/globals';

import { LONG_MS, aBatch, aLease, aSlice, aTask, newExecutionIn, takeFrom } from '../hot-ports';
import type { HotPortsFixture } from '../hot-ports';
import type { PartitionLease } from '../../src/ports/partition-leases';

const LEASE_MS = 300;

/** Ways to lose a partition, each giving back the lease that is worth nothing any more. */
const losses: readonly [string, (fixture: HotPortsFixture) => Promise<PartitionLease>][] = [
  [
    'whose lease has lapsed and went to somebody else',
    async ({ leases, advance }) => {
      const lost = await leases.acquire(0, 'a', LEASE_MS);
      await advance(LEASE_MS + 100);
      await leases.acquire(0, 'b', LONG_MS);
      return lost ?? { partition: 0, epoch: -1 };
    },
  ],
  [
    'whose lease has lapsed, though nobody has it yet',
    async ({ leases, advance }) => {
      const lost = await leases.acquire(0, 'a', LEASE_MS);
      await advance(LEASE_MS + 100);
      return lost ?? { partition: 0, epoch: -1 };
    },
  ],
  [
    'who has released it',
    async (fixture) => {
      const lost = await fixture.leases.acquire(0, 'a', LONG_MS);
      const lease = lost ?? { partition: 0, epoch: -1 };
      await fixture.leases.release([lease], 'a');
      return lease;
    },
  ],
  ['who never had it', async () => ({ partition: 0, epoch: 1 })],
];

export function describeFencing(fixture: () => HotPortsFixture): void {
  describe('a writer', () => {
    it.each(losses)('%s writes nothing', async (_name, lose) => {
      const { store, tasks, stream, partitions } = fixture();
      const [executionId, nodeId] = [newExecutionIn(0, partitions), 'n'];
      await stream.append([{ type: 'Pause', executionId }]);
      const after = new Map([[0, undefined]]);
      const before = await stream.read({ after, limit: 10, waitMs: 0 });
      const lost = await lose(fixture());

      const batch = aBatch({
        offset: before[0]?.offset ?? '',
        journals: [aSlice(executionId, 1, 2)],
        tasks: [aTask({ executionId, nodeId })],
        timersSet: [{ executionId, dueAt: 1 }],
      });
      expect(await store.commit(lost, batch)).toBe('fenced');

      expect(await store.read(executionId, 0)).toBeUndefined();
      expect(await store.progress(0)).toMatchObject({ offset: undefined, turn: 0 });
      expect(await store.timersDue([0], 10, 10)).toEqual({ due: [], nextDueAt: undefined });
      expect(await tasks.claim({ worker: 'w', queues: ['default'], limit: 1, waitMs: 0 })).toEqual([]);
      expect((await takeFrom(fixture(), 10, 0)).slices).toEqual([]);
      expect(await stream.read({ after, limit: 10, waitMs: 0 })).toEqual(before);
    });

    it('that was fenced off revokes and clears nothing', async () => {
      const { store, tasks, partitions } = fixture();
      const executionId = newExecutionIn(0, partitions);
      const task = aTask({ executionId });
      const timer = { executionId, nodeId: 'later', dueAt: 1 };
      const lease = await aLease(fixture(), 0);
      await store.commit(
        lease,
        aBatch({ journals: [aSlice(executionId, 1, 1)], tasks: [task], timersSet: [timer] }),
      );
      const stale = { ...lease, epoch: lease.epoch - 1 };
      const { nodeId, attempt } = task;
      await store.commit(
        stale,
        aBatch({
          turn: 2,
          journals: [aSlice(executionId, 2, 2)],
          revoked: [{ executionId, nodeId, attempt }],
          timersCleared: [timer],
        }),
      );
      expect((await store.timersDue([0], 10, 10)).due).toEqual([timer]);
      expect(await tasks.claim({ worker: 'w', queues: ['default'], limit: 1, waitMs: 0 })).toHaveLength(1);
    });

    it('that follows another goes on where that one stopped', async () => {
      const { store, leases, partitions } = fixture();
      const executionId = newExecutionIn(0, partitions);
      const first = await leases.acquire(0, 'a', LONG_MS);
      if (first === undefined) throw new Error('the partition is free');
      await store.resume(first, 0);
      await store.commit(first, aBatch({ journals: [aSlice(executionId, 1, 2)] }));
      await leases.release([first], 'a');
      const second = await leases.acquire(0, 'b', LONG_MS);
      if (second === undefined) throw new Error('the partition is free again');
      expect(await store.commit(first, aBatch({ turn: 2, journals: [aSlice(executionId, 3, 9)] }))).toBe(
        'fenced',
      );
      expect(await store.commit(second, aBatch({ turn: 2, journals: [aSlice(executionId, 3, 3)] }))).toBe(
        'committed',
      );
      expect(await store.read(executionId, 0)).toEqual(aSlice(executionId, 1, 3).events);
    });
  });
}
