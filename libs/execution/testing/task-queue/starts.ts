import { describe, expect, it } from '@jest/globals';

import type { TaskLost } from '../../src/decider/commands';
import type { ClaimedTask } from '../../src/ports/task-queue';
import { newId } from '../builders';
import { Writers, aTask, allCommands, only, succeeded } from '../hot-ports';
import type { HotPortsFixture } from '../hot-ports';

const LEASE_MS = 300;

export function describeStarts(fixture: () => HotPortsFixture): void {
  const claim = (limit: number, worker = 'w'): Promise<readonly ClaimedTask[]> =>
    fixture().tasks.claim({ worker, queues: ['default'], limit, waitMs: 0 });

  const receipts = (claimed: readonly ClaimedTask[]): readonly string[] =>
    claimed.map(({ receipt }) => receipt);

  /** Claimed tasks of one execution, by the order of their nodes. */
  async function someClaimed(count: number): Promise<readonly ClaimedTask[]> {
    const executionId = newId();
    const tasks = Array.from({ length: count }, (_, n) =>
      aTask({ executionId, nodeId: `n${n}`, markStart: true }),
    );
    await new Writers(fixture()).enqueue(tasks);
    const claimed: ClaimedTask[] = [];
    for (let some = await claim(count); some.length > 0; some = await claim(count)) claimed.push(...some);
    return claimed.sort((a, b) => a.task.nodeId.localeCompare(b.task.nodeId));
  }

  const lost = async (): Promise<readonly TaskLost[]> => {
    const commands = await allCommands(fixture().stream, fixture().partitions);
    return commands
      .filter((command) => command.type === 'TaskLost')
      .sort((a, b) => a.nodeId.localeCompare(b.nodeId));
  };

  const noDepths = async (): Promise<void> => {
    for (const { waiting, claimed } of await fixture().tasks.depths())
      expect({ waiting, claimed }).toEqual({ waiting: 0, claimed: 0 });
  };

  describe('marked starts', () => {
    it('are told with the loss of those tasks, and not with that of others', async () => {
      const { tasks, advance } = fixture();
      const claimed = await someClaimed(4);
      expect(await tasks.markStarted('w', receipts(claimed.slice(1, 3)))).toEqual([]);
      await advance(LEASE_MS + 100);
      expect(await tasks.reclaimStalled(LEASE_MS, 10)).toBe(4);
      const { executionId } = only(claimed.slice(0, 1)).task;
      const common = { type: 'TaskLost', executionId, attempt: 1, delivery: 1 };
      expect(await lost()).toEqual([
        { ...common, nodeId: 'n0' },
        { ...common, nodeId: 'n1', begun: true },
        { ...common, nodeId: 'n2', begun: true },
        { ...common, nodeId: 'n3' },
      ]);
      await noDepths();
    });

    it('add up, and may be marked again', async () => {
      const { tasks, advance } = fixture();
      const [first, second] = await someClaimed(2);
      for (const one of [first, second, first]) await tasks.markStarted('w', [one?.receipt ?? '']);
      await advance(LEASE_MS + 100);
      await tasks.reclaimStalled(LEASE_MS, 10);
      expect((await lost()).map(({ begun }) => begun)).toEqual([true, true]);
    });

    it('are refused for what is not the worker’s any more', async () => {
      const { tasks, advance } = fixture();
      const [settled, released, mine] = await someClaimed(3);
      await tasks.settle('w', [
        { receipt: settled?.receipt ?? '', outcome: succeeded(settled?.task ?? aTask(), 'done') },
      ]);
      await tasks.release('w', [released?.receipt ?? '']);
      const all = [settled, released, mine].map((claimed) => claimed?.receipt ?? '');
      expect(await tasks.markStarted('other', all)).toEqual(all);
      expect(await tasks.markStarted('w', [...all, 'none-of-ours'])).toEqual([
        ...all.slice(0, 2),
        'none-of-ours',
      ]);
      await advance(LEASE_MS + 100);
      await tasks.reclaimStalled(LEASE_MS, 10);
      expect(await lost()).toMatchObject([{ nodeId: mine?.task.nodeId, begun: true }]);
      expect(await tasks.markStarted('w', all)).toEqual(all);
    });

    it('turn a release into a loss: nobody else gets the task', async () => {
      const { tasks } = fixture();
      const [begun, other] = await someClaimed(2);
      await tasks.markStarted('w', [begun?.receipt ?? '']);
      await tasks.release('w', [begun?.receipt ?? '', other?.receipt ?? '']);
      expect(await lost()).toMatchObject([
        { nodeId: begun?.task.nodeId, delivery: 1, begun: true, handedBack: true },
      ]);
      expect(only(await claim(10, 'next')).task).toEqual(other?.task);
      const depths = await tasks.depths();
      expect(depths.map(({ waiting, claimed }) => waiting + claimed)).toEqual([1]);
    });

    it('say nothing about the next delivery', async () => {
      const { tasks, advance } = fixture();
      const executionId = newId();
      const writers = new Writers(fixture());
      for (const delivery of [1, 2]) {
        await writers.enqueue([aTask({ executionId, delivery, markStart: true })], delivery);
        const { receipt } = only(await claim(1));
        if (delivery === 1) await tasks.markStarted('w', [receipt]);
        await advance(LEASE_MS + 100);
        await tasks.reclaimStalled(LEASE_MS, 10);
      }
      expect((await lost()).map(({ delivery, begun }) => [delivery, begun])).toEqual([
        [1, true],
        [2, undefined],
      ]);
    });

    it('of settled tasks leave nothing behind', async () => {
      const { tasks } = fixture();
      const claimed = await someClaimed(3);
      await tasks.markStarted('w', receipts(claimed));
      for (const { task, receipt } of claimed)
        await tasks.settle('w', [{ receipt, outcome: succeeded(task, 'done') }]);
      await noDepths();
      expect(await tasks.reclaimStalled(0, 10)).toBe(0);
    });
  });
}
