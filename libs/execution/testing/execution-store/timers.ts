import { describe, expect, it } from '@jest/globals';

import type { Timer } from '../../src/ports/execution-store';
import type { PartitionLease } from '../../src/ports/partition-leases';
import { aBatch, aLease, commitNext, newExecutionIn } from '../hot-ports';
import type { HotPortsFixture } from '../hot-ports';

const T = 1_760_000_000_000;

export function describeTimers(fixture: () => HotPortsFixture): void {
  describe('timers', () => {
    const anExecution = (partition = 0): string => newExecutionIn(partition, fixture().partitions);

    const set = (lease: PartitionLease, ...timersSet: Timer[]): Promise<unknown> =>
      commitNext(fixture(), lease, aBatch({ timersSet }));

    const due = async (now: number, limit = 100): Promise<readonly Timer[]> =>
      (await fixture().store.timersDue([0], now, limit)).due;

    it('are due from their moment on, earliest first, and stay so until they are cleared', async () => {
      const lease = await aLease(fixture(), 0);
      const executionId = anExecution();
      const timers = [30, 10, 20].map((ms): Timer => ({ executionId, nodeId: `n${ms}`, dueAt: T + ms }));
      await set(lease, ...timers);

      expect(await fixture().store.timersDue([0], T, 100)).toEqual({ due: [], nextDueAt: T + 10 });
      const early = await fixture().store.timersDue([0], T + 20, 100);
      expect(early.due.map(({ nodeId }) => nodeId)).toEqual(['n10', 'n20']);
      expect(early.nextDueAt).toBe(T + 30);
      expect(await due(T + 20)).toHaveLength(2);

      await commitNext(fixture(), lease, aBatch({ timersCleared: [{ executionId, nodeId: 'n10' }] }));
      expect((await due(T + 30)).map(({ nodeId }) => nodeId)).toEqual(['n20', 'n30']);
    });

    it('of a node and of its execution are different ones, and come back as they were set', async () => {
      const lease = await aLease(fixture(), 0);
      const executionId = anExecution();
      const timers: readonly Timer[] = [
        { executionId, dueAt: T },
        { executionId, nodeId: 'n', dueAt: T + 1 },
      ];
      await set(lease, ...timers);
      expect(await due(T + 1)).toEqual(timers);
      await commitNext(fixture(), lease, aBatch({ timersCleared: [{ executionId }] }));
      expect(await due(T + 1)).toEqual(timers.slice(1));
    });

    it.each([
      ['later', T + 50],
      ['earlier', T - 50],
    ])('that are set again are set to the new moment only (%s)', async (_name, dueAt) => {
      const lease = await aLease(fixture(), 0);
      const timer = { executionId: anExecution(), nodeId: 'n', dueAt: T };
      await set(lease, timer);
      await set(lease, { ...timer, dueAt });
      expect(await due(dueAt - 1)).toEqual([]);
      expect(await due(T + 100)).toEqual([{ ...timer, dueAt }]);
    });

    it('may be set again after they were cleared', async () => {
      const lease = await aLease(fixture(), 0);
      const timer = { executionId: anExecution(), dueAt: T };
      await set(lease, timer);
      await commitNext(fixture(), lease, aBatch({ timersCleared: [timer] }));
      await commitNext(fixture(), lease, aBatch({ timersCleared: [timer] }));
      expect(await due(T)).toEqual([]);
      await set(lease, timer);
      expect(await due(T)).toEqual([timer]);
    });

    it('are looked up in the asked partitions only', async () => {
      const timers = [0, 1].map((partition): Timer => ({
        executionId: anExecution(partition),
        dueAt: T + partition,
      }));
      for (const [partition, timer] of timers.entries()) await set(await aLease(fixture(), partition), timer);
      const { store } = fixture();
      expect(await store.timersDue([1], T + 1, 10)).toEqual({ due: timers.slice(1), nextDueAt: undefined });
      expect((await store.timersDue([0, 1], T + 1, 10)).due).toHaveLength(2);
      expect((await store.timersDue([0, 1], T, 10)).nextDueAt).toBe(T + 1);
      expect(await store.timersDue([2], T + 1, 10)).toEqual({ due: [], nextDueAt: undefined });
      expect(await store.timersDue([], T + 1, 10)).toEqual({ due: [], nextDueAt: undefined });
    });

    it('that are many come in portions, none of them forgotten', async () => {
      const lease = await aLease(fixture(), 0);
      const timers = Array.from({ length: 50 }, (_, ms): Timer => ({
        executionId: anExecution(),
        dueAt: T + ms,
      }));
      await set(lease, ...timers);
      const seen: Timer[] = [];
      for (let portion = await due(T + 100, 20); portion.length > 0; portion = await due(T + 100, 20)) {
        expect(portion.length).toBeLessThanOrEqual(20);
        seen.push(...portion);
        await commitNext(fixture(), lease, aBatch({ timersCleared: portion }));
      }
      expect(seen).toEqual(timers);
    });
  });
}
