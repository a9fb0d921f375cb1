import { describe, expect, it } from '@jest/globals';

import type { TaskStarted } from '../../src/decider/commands';
import type { ClaimedTask, SettledTask } from '../../src/ports/task-queue';
import { newId } from '../builders';
import { Writers, aTask, allCommands, only, succeeded } from '../hot-ports';
import type { HotPortsFixture } from '../hot-ports';

export function describeOutcomes(fixture: () => HotPortsFixture): void {
  const claim = (limit: number, worker = 'w'): Promise<readonly ClaimedTask[]> =>
    fixture().tasks.claim({ worker, queues: ['default'], limit, waitMs: 0 });

  const settled = ({ task, receipt }: ClaimedTask, output = 'done'): SettledTask => ({
    receipt,
    outcome: succeeded(task, output),
  });

  const commands = () => allCommands(fixture().stream, fixture().partitions);

  describe('settling', () => {
    it('delivers the outcome to its execution and ends the claim', async () => {
      const { tasks } = fixture();
      await new Writers(fixture()).enqueue([aTask()]);
      const claimed = only(await claim(1));
      await tasks.settle('w', [settled(claimed)]);

      expect(await commands()).toEqual([succeeded(claimed.task, 'done')]);
      expect(await tasks.renew('w', [claimed.receipt])).toEqual([claimed.receipt]);
      await fixture().advance(100);
      expect(await tasks.reclaimStalled(50, 10)).toBe(0);
      expect(await claim(1)).toEqual([]);
    });

    it('takes the outcomes of many executions at once', async () => {
      const writers = new Writers(fixture());
      for (let n = 0; n < 40; n++) await writers.enqueue([aTask()]);
      const claimed: ClaimedTask[] = [];
      for (let some = await claim(40); some.length > 0; some = await claim(40)) claimed.push(...some);
      expect(claimed).toHaveLength(40);
      await fixture().tasks.settle(
        'w',
        claimed.map((one) => settled(one)),
      );

      const delivered = (await commands()).map(({ executionId }) => executionId).sort();
      expect(delivered).toEqual(claimed.map(({ task }) => task.executionId).sort());
      expect((await fixture().tasks.depths()).every((depth) => depth.claimed === 0)).toBe(true);
    });

    it('of one task leaves those alone that came with it', async () => {
      const { tasks } = fixture();
      const executionId = newId();
      await new Writers(fixture()).enqueue(['a', 'b'].map((nodeId) => aTask({ executionId, nodeId })));
      const [first, second] = [...(await claim(1)), ...(await claim(1, 'w'))];
      if (first === undefined || second === undefined) throw new Error('two tasks were expected');
      await tasks.settle('w', [settled(first)]);

      expect(await tasks.renew('w', [second.receipt])).toEqual([]);
      await fixture().advance(100);
      expect(await tasks.reclaimStalled(50, 10)).toBe(1);
      expect((await commands()).at(-1)).toMatchObject({ type: 'TaskLost', nodeId: second.task.nodeId });
    });

    it('delivers the outcome even when the claim is gone', async () => {
      const { tasks } = fixture();
      await new Writers(fixture()).enqueue([aTask()]);
      const claimed = only(await claim(1, 'slow'));
      await fixture().advance(100);
      await tasks.reclaimStalled(50, 10);
      await tasks.settle('slow', [settled(claimed, 'late')]);
      expect(await commands()).toEqual([
        expect.objectContaining({ type: 'TaskLost' }),
        succeeded(claimed.task, 'late'),
      ]);
    });

    it('delivers an outcome whose receipt nobody knows', async () => {
      const task = aTask();
      await fixture().tasks.settle('w', [
        { receipt: 'none-of-ours', outcome: succeeded(task, 'lost and found') },
      ]);
      expect(await commands()).toEqual([succeeded(task, 'lost and found')]);
    });

    it('has nothing to do for nothing', async () => {
      await fixture().tasks.settle('w', []);
      expect(await commands()).toEqual([]);
    });
  });

  it('reports starts to the executions', async () => {
    const started = [newId(), newId()].map((executionId): TaskStarted => ({
      type: 'TaskStarted',
      executionId,
      nodeId: 'n',
      attempt: 1,
      worker: 'w',
      startedAt: '2026-01-01T00:00:00.000Z',
    }));
    await fixture().tasks.reportStarted(started);
    expect(await commands()).toEqual(expect.arrayContaining(started));
  });

  it('tells how many tasks wait and are in work, per queue', async () => {
    const writers = new Writers(fixture());
    const executionId = newId();
    await writers.enqueue(Array.from({ length: 5 }, (_, n) => aTask({ executionId, nodeId: `n${n}` })));
    await writers.enqueue([aTask({ queue: 'gpu' })]);
    await claim(2);
    const depths = await fixture().tasks.depths();
    expect(depths.find(({ queue }) => queue === 'default')).toMatchObject({ waiting: 3, claimed: 2 });
    expect(depths.find(({ queue }) => queue === 'gpu')).toMatchObject({ waiting: 1, claimed: 0 });
  });

  it('tells how long the oldest task waits, per queue', async () => {
    const { tasks } = fixture();
    const oldest = async (): Promise<number | undefined> => (await tasks.depths())[0]?.oldestWaitingMs;
    const writers = new Writers(fixture());
    const executionId = newId();
    await writers.enqueue([aTask({ executionId, nodeId: 'first' })]);
    await fixture().advance(100);
    await writers.enqueue([aTask({ executionId, nodeId: 'second' })], 2);
    const age = await oldest();
    expect(age).toBeGreaterThanOrEqual(100);
    await claim(1);
    expect(await oldest()).toBeLessThan(age ?? 0);
    await claim(1);
    expect(await oldest()).toBe(0);
  });
}
