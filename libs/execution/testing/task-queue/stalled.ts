import { describe, expect, it } from '@jest/globals';

import type { TaskLost } from '../../src/decider/commands';
import type { ClaimedTask } from '../../src/ports/task-queue';
import { newId } from '../builders';
import { Writers, aTask, allCommands, only } from '../hot-ports';
import type { HotPortsFixture } from '../hot-ports';

const LEASE_MS = 300;

export function describeStalled(fixture: () => HotPortsFixture): void {
  const claim = (limit: number, worker = 'w'): Promise<readonly ClaimedTask[]> =>
    fixture().tasks.claim({ worker, queues: ['default'], limit, waitMs: 0 });

  const lost = async (): Promise<readonly TaskLost[]> =>
    (await allCommands(fixture().stream, fixture().partitions)).filter(
      (command) => command.type === 'TaskLost',
    );

  const lostNodes = async (): Promise<readonly string[]> => (await lost()).map(({ nodeId }) => nodeId).sort();

  async function someTasks(count: number): Promise<void> {
    const executionId = newId();
    const tasks = Array.from({ length: count }, (_, n) => aTask({ executionId, nodeId: `n${n}` }));
    await new Writers(fixture()).enqueue(tasks);
  }

  describe('tasks of workers that are not heard of', () => {
    it('are reported, each with its attempt and delivery, once', async () => {
      const { tasks, advance } = fixture();
      const task = aTask({ attempt: 2, delivery: 3 });
      await new Writers(fixture()).enqueue([task]);
      await claim(1);
      expect(await tasks.reclaimStalled(LEASE_MS, 10)).toBe(0);
      await advance(LEASE_MS + 100);
      expect(await tasks.reclaimStalled(LEASE_MS, 10)).toBe(1);
      expect(await tasks.reclaimStalled(LEASE_MS, 10)).toBe(0);
      await advance(LEASE_MS + 100);
      expect(await tasks.reclaimStalled(LEASE_MS, 10)).toBe(0);
      const { executionId, nodeId } = task;
      expect(await lost()).toEqual([{ type: 'TaskLost', executionId, nodeId, attempt: 2, delivery: 3 }]);
    });

    it('are reported once when several look at the same time', async () => {
      const { tasks, advance } = fixture();
      await someTasks(20);
      await claim(20);
      await advance(LEASE_MS + 100);
      const counts = await Promise.all(Array.from({ length: 5 }, () => tasks.reclaimStalled(LEASE_MS, 100)));
      expect(counts.reduce((sum, count) => sum + count)).toBe(20);
      expect(new Set(await lostNodes()).size).toBe(20);
      expect(await lostNodes()).toHaveLength(20);
    });

    it('are not given to others by the queue itself: what becomes of them is not its business', async () => {
      const { tasks, advance } = fixture();
      await someTasks(1);
      await claim(1);
      await advance(LEASE_MS + 100);
      expect(await claim(1, 'other')).toEqual([]);
      await tasks.reclaimStalled(LEASE_MS, 10);
      expect(await claim(1, 'other')).toEqual([]);
    });

    it('are taken up to the limit, the rest next time', async () => {
      const { tasks, advance } = fixture();
      await someTasks(5);
      await claim(5);
      await advance(LEASE_MS + 100);
      let total = 0;
      for (let looks = 0; looks < 5 && total < 5; looks++) {
        const count = await tasks.reclaimStalled(LEASE_MS, 2);
        expect(count).toBeLessThanOrEqual(2);
        total += count;
      }
      expect(await lostNodes()).toEqual(['n0', 'n1', 'n2', 'n3', 'n4']);
    });

    it('are not those that still wait in the queue', async () => {
      const { tasks, advance } = fixture();
      await someTasks(3);
      await claim(1);
      await advance(LEASE_MS + 100);
      expect(await tasks.reclaimStalled(LEASE_MS, 10)).toBe(1);
      expect(await claim(10)).toHaveLength(2);
    });
  });

  describe('renewal', () => {
    it('keeps a claim for another lease', async () => {
      const { tasks, advance } = fixture();
      await someTasks(2);
      const [kept, dropped] = await claim(2);
      await advance(LEASE_MS - 100);
      expect(await tasks.renew('w', [kept?.receipt ?? ''])).toEqual([]);
      await advance(LEASE_MS - 100);
      expect(await tasks.reclaimStalled(LEASE_MS, 10)).toBe(1);
      expect(await lostNodes()).toEqual([dropped?.task.nodeId]);
      expect(await tasks.renew('w', [kept?.receipt ?? ''])).toEqual([]);
    });

    it('names those that are not this worker’s any more', async () => {
      const { tasks, advance } = fixture();
      await someTasks(1);
      const stalled = only(await claim(1, 'w'));
      await advance(LEASE_MS + 100);
      await tasks.reclaimStalled(LEASE_MS, 10);
      await someTasks(2);
      const [mine] = await claim(1, 'w');
      const [foreign] = await claim(1, 'other');
      const receipts = [mine, stalled, foreign].map((claimed) => claimed?.receipt ?? '');
      const gone = await tasks.renew('w', [...receipts, 'none-of-ours']);
      expect([...gone].sort()).toEqual([stalled.receipt, foreign?.receipt, 'none-of-ours'].sort());
    });

    it('does not save a claim that somebody else names', async () => {
      const { tasks, advance } = fixture();
      await someTasks(1);
      const { receipt } = only(await claim(1, 'w'));
      await advance(LEASE_MS - 100);
      await tasks.renew('other', [receipt]);
      await advance(LEASE_MS - 100);
      expect(await tasks.reclaimStalled(LEASE_MS, 10)).toBe(1);
    });

    it('has nothing to do for nothing', async () => {
      expect(await fixture().tasks.renew('w', [])).toEqual([]);
    });
  });
}
