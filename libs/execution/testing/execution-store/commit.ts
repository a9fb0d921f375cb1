import { describe, expect, it } from '@jest/globals';

import { newId } from '../builders';
import {
  Writers,
  aBatch,
  aLease,
  aSlice,
  aTask,
  newExecutionIn,
  only,
  succeeded,
  takeFrom,
} from '../hot-ports';
import type { HotPortsFixture } from '../hot-ports';

export function describeCommit(fixture: () => HotPortsFixture): void {
  describe('a commit', () => {
    it('adds to the journals, which are read from any position', async () => {
      const { store } = fixture();
      const writers = new Writers(fixture());
      const [id, other] = [newId(), newId()];
      await writers.commit(id, aBatch({ journals: [aSlice(id, 1, 3)] }));
      await writers.commit(other, aBatch({ journals: [aSlice(other, 1, 1)] }));
      await writers.commit(id, aBatch({ journals: [aSlice(id, 4, 5)] }));

      expect(await store.read(id, 0)).toEqual(aSlice(id, 1, 5).events);
      expect(await store.read(id, 2)).toEqual(aSlice(id, 3, 5).events);
      expect(await store.read(id, 5)).toEqual([]);
      expect(await store.read(other, 0)).toEqual(aSlice(other, 1, 1).events);
    });

    it('of several executions is one', async () => {
      const { store, partitions } = fixture();
      const ids = Array.from({ length: 20 }, () => newExecutionIn(1, partitions));
      const lease = await aLease(fixture(), 1);
      await store.commit(lease, aBatch({ journals: ids.map((id) => aSlice(id, 1, 2)) }));
      for (const id of ids) expect(await store.read(id, 0)).toHaveLength(2);
      expect(await store.known([newId(), ...ids, ''])).toEqual(new Set(ids));
    });

    it('leaves what it does not know unknown', async () => {
      expect(await fixture().store.read(newId(), 0)).toBeUndefined();
      expect(await fixture().store.read('', 0)).toBeUndefined();
    });

    it('moves the offset of its partition, when it has one', async () => {
      const { store, stream, partitions } = fixture();
      const [id, other] = [newExecutionIn(0, partitions), newExecutionIn(1, partitions)];
      const lease = await aLease(fixture(), 0);
      expect((await store.progress(0)).offset).toBeUndefined();

      await stream.append([{ type: 'Pause', executionId: id }]);
      await stream.append([{ type: 'Resume', executionId: id }]);
      await stream.append([{ type: 'Pause', executionId: other }]);
      const after = new Map([[0, undefined]]);
      const [first, second] = await stream.read({ after, limit: 10, waitMs: 0 });
      const offset = first?.offset ?? '';
      await store.commit(lease, aBatch({ offset }));
      await store.commit(lease, aBatch({ turn: 2 }));

      expect(await store.progress(0)).toMatchObject({ offset, turn: 2 });
      expect((await store.progress(1)).offset).toBeUndefined();
      expect(await stream.read({ after: new Map([[0, offset]]), limit: 10, waitMs: 0 })).toEqual([second]);
    });

    it('puts its tasks into their queues, as they are', async () => {
      const { tasks } = fixture();
      const task = aTask({
        attempt: 3,
        delivery: 2,
        queue: 'gpu',
        handler: 'render',
        config: { key: ['${secrets.TOKEN}', null, 0.5] },
        secrets: [{ pointer: '/key/0', parts: ['Bearer ', { secret: 'TOKEN' }] }],
        reportStart: true,
        startToCloseMs: 5000,
        heartbeatMs: 100,
      });
      await new Writers(fixture()).enqueue([task]);
      const claimed = await tasks.claim({ worker: 'w', queues: ['gpu'], limit: 10, waitMs: 0 });
      expect(only(claimed).task).toEqual(task);
    });

    it('of a wide step is one as well', async () => {
      const { store, tasks } = fixture();
      const executionId = newId();
      const wide = Array.from({ length: 2000 }, (_, index) => aTask({ executionId, nodeId: `n${index}` }));
      const batch = aBatch({ journals: [aSlice(executionId, 1, 2000)], tasks: wide });
      await new Writers(fixture()).commit(executionId, batch);

      expect(await store.read(executionId, 0)).toEqual(aSlice(executionId, 1, 2000).events);
      const claimed: string[] = [];
      for (let worker = 0; claimed.length < 2000; worker++) {
        const some = await tasks.claim({ worker: `w${worker}`, queues: ['default'], limit: 700, waitMs: 0 });
        expect(some.length).toBeGreaterThan(0);
        claimed.push(...some.map(({ task }) => task.nodeId));
      }
      expect(new Set(claimed)).toEqual(new Set(wide.map(({ nodeId }) => nodeId)));
      const batches = [await takeFrom(fixture(), 5000, 0), await takeFrom(fixture(), 5000, 0)];
      const archived = batches.flatMap(({ slices }) => slices.flatMap(({ section }) => section.events));
      expect(archived).toHaveLength(2000);
    });

    it('does not put into a queue what it revokes itself', async () => {
      const { tasks } = fixture();
      const [kept, revoked] = [aTask(), aTask()];
      const { executionId, nodeId, attempt } = revoked;
      const writers = new Writers(fixture());
      await writers.enqueue([kept]);
      await writers.commit(
        executionId,
        aBatch({
          journals: [aSlice(executionId, 1, 2, true)],
          tasks: [revoked],
          revoked: [{ executionId, nodeId, attempt }],
        }),
      );
      const claimed = await tasks.claim({ worker: 'w', queues: ['default'], limit: 10, waitMs: 0 });
      expect(only(claimed).task).toEqual(kept);
    });
  });

  describe('a commit that is repeated after a fault', () => {
    it('changes nothing', async () => {
      const { store, tasks, partitions } = fixture();
      const executionId = newExecutionIn(0, partitions);
      const lease = await aLease(fixture(), 0);
      const timer = { executionId, nodeId: 'later', dueAt: 5000 };
      const batch = aBatch({
        journals: [aSlice(executionId, 1, 3)],
        tasks: [aTask({ executionId })],
        timersSet: [timer],
      });
      for (let repeat = 0; repeat < 3; repeat++) expect(await store.commit(lease, batch)).toBe('committed');

      expect(await store.read(executionId, 0)).toEqual(aSlice(executionId, 1, 3).events);
      expect(await tasks.claim({ worker: 'w', queues: ['default'], limit: 10, waitMs: 0 })).toHaveLength(1);
      expect(await store.timersDue([0], 5000, 10)).toMatchObject({ due: [timer] });
      const { slices } = await takeFrom(fixture(), 10, 0);
      expect(slices.flatMap(({ section }) => section.events)).toHaveLength(3);
    });

    it('does not deliver tasks again that are in work, or done', async () => {
      const { store, tasks, partitions } = fixture();
      const executionId = newExecutionIn(0, partitions);
      const lease = await aLease(fixture(), 0);
      const batch = aBatch({ journals: [aSlice(executionId, 1, 3)], tasks: [aTask({ executionId })] });
      const claim = () => tasks.claim({ worker: 'w', queues: ['default'], limit: 10, waitMs: 0 });
      await store.commit(lease, batch);
      const { task, receipt } = only(await claim());
      await store.commit(lease, batch);
      expect(await claim()).toEqual([]);
      await tasks.settle('w', [{ receipt, outcome: succeeded(task, 'done') }]);
      await store.commit(lease, batch);
      expect(await claim()).toEqual([]);
    });
  });
}
