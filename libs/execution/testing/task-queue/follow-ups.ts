import { describe, expect, it } from '@jest/globals';

import type { PartitionLease } from '../../src/ports/partition-leases';
import type {
  ClaimedTask,
  FollowUp,
  FollowUpPlan,
  SettledTask,
  Task,
  TaskRef,
} from '../../src/ports/task-queue';
import {
  newExecutionIn,
  Writers,
  aBatch,
  aLease,
  aSlice,
  aTask,
  allCommands,
  only,
  succeeded,
} from '../hot-ports';
import type { HotPortsFixture } from '../hot-ports';

const plan: FollowUpPlan = {
  dependency: 'a',
  queue: 'default',
  handler: 'work',
  config: { text: '${a.output}', and: '\n"' },
  isTemplate: true,
  startToCloseMs: 5,
};
const scope = { startedAt: '2026-01-01T00:00:00.000Z', input: { n: 1 }, labels: { team: 'ops' } };

/** Tasks that a worker may go on with by itself, each after the one before. */
export function describeFollowUps(fixture: () => HotPortsFixture): void {
  const refOf = ({ executionId, nodeId, attempt }: TaskRef): TaskRef => ({ executionId, nodeId, attempt });
  const commands = () => allCommands(fixture().stream, fixture().partitions);

  /** The task `a`, after which `b` and `c` may follow. */
  function chain(executionId: string): Task {
    const followUps = ['b', 'c'].map((nodeId): FollowUp => ({ executionId, nodeId, attempt: 1, plan }));
    return aTask({ executionId, nodeId: 'a', followUps, scope });
  }

  const claim = (worker = 'w'): Promise<readonly ClaimedTask[]> =>
    fixture().tasks.claim({ worker, queues: ['default'], limit: 10, waitMs: 0 });

  const done = (task: TaskRef, receipt: string): SettledTask => ({
    receipt,
    outcome: succeeded(task as Task, 'done'),
    goesOn: true,
  });

  /** The chain is committed, and a worker has its first task. */
  async function begun(): Promise<{ writers: Writers; task: Task; receipt: string }> {
    const { partitions } = fixture();
    const writers = new Writers(fixture());
    await writers.enqueue([chain(newExecutionIn(0, partitions))]);
    return { writers, ...only(await claim()) };
  }

  /** The same, for a test that commits by itself. */
  async function begunUnderLease(): Promise<ClaimedTask & { readonly lease: PartitionLease }> {
    const executionId = newExecutionIn(0, fixture().partitions);
    const lease = await aLease(fixture(), 0);
    const batch = aBatch({ journals: [aSlice(executionId, 1, 1)], tasks: [chain(executionId)] });
    await fixture().store.commit(lease, batch);
    return { lease, ...only(await claim()) };
  }

  const followedUp = (task: TaskRef) => ({ ...succeeded(task as Task, 'done'), followedUp: true });

  describe('follow-ups', () => {
    it('are given to the worker that settles the task before, one after the other', async () => {
      const { tasks } = fixture();
      const { task, receipt } = await begun();
      expect(task.scope).toEqual(scope);
      expect(task.followUps).toBeUndefined();
      const b = { executionId: task.executionId, nodeId: 'b', attempt: 1 };
      const c = { ...b, nodeId: 'c' };
      expect(await tasks.settle('w', [done(task, receipt)])).toEqual([
        { followUp: { ...b, plan }, receipt, hasNext: true },
      ]);
      expect(await tasks.settle('w', [done(b, receipt)])).toEqual([
        { followUp: { ...c, plan }, receipt, hasNext: false },
      ]);
      expect(await tasks.settle('w', [done(c, receipt)])).toEqual([]);
      expect(await commands()).toEqual([followedUp(task), followedUp(b), succeeded(c as Task, 'done')]);
      expect(await tasks.renew('w', [receipt])).toEqual([receipt]);
      expect((await tasks.depths())[0] ?? { waiting: 0, claimed: 0 }).toMatchObject({
        waiting: 0,
        claimed: 0,
      });
    });

    it('keep the claim of the task before', async () => {
      const { tasks } = fixture();
      const { task, receipt } = await begun();
      await tasks.settle('w', [done(task, receipt)]);
      expect(await tasks.renew('w', [receipt])).toEqual([]);
      expect((await tasks.depths())[0]).toMatchObject({ waiting: 0, claimed: 1 });
      await fixture().advance(100);
      expect(await tasks.reclaimStalled(50, 10)).toBe(1);
      expect((await commands()).at(-1)).toEqual({
        ...{ type: 'TaskLost', executionId: task.executionId, nodeId: 'b' },
        ...{ attempt: 1, delivery: 1, begun: true },
      });
      expect(await claim('other')).toEqual([]);
    });

    it('are reported as lost when they are handed back: nobody else knows their data', async () => {
      const { tasks } = fixture();
      const { task, receipt } = await begun();
      await tasks.settle('w', [done(task, receipt)]);
      await tasks.release('w', [receipt]);
      expect((await commands()).at(-1)).toMatchObject({ type: 'TaskLost', nodeId: 'b', handedBack: true });
      expect(await claim('other')).toEqual([]);
    });

    it('are given to nobody who has no room for them', async () => {
      const { task, receipt } = await begun();
      const outcome = succeeded(task, 'done');
      expect(await fixture().tasks.settle('w', [{ receipt, outcome }])).toEqual([]);
      expect(await commands()).toEqual([outcome]);
    });

    it('are given to nobody whose claim is gone', async () => {
      const { tasks } = fixture();
      const { task, receipt } = await begun();
      await fixture().advance(100);
      await tasks.reclaimStalled(50, 10);
      expect(await tasks.settle('w', [done(task, receipt)])).toEqual([]);
      expect((await commands()).at(-1)).toEqual(succeeded(task, 'done'));
    });

    it('go on when the task before is settled once more', async () => {
      const { tasks } = fixture();
      const { task, receipt } = await begun();
      await tasks.settle('w', [done(task, receipt)]);
      await tasks.settle('w', [done(task, receipt)]);
      expect(await tasks.renew('w', [receipt])).toEqual([]);
      const b = { executionId: task.executionId, nodeId: 'b', attempt: 1 };
      await tasks.settle('w', [{ receipt, outcome: succeeded(b as Task, 'done') }]);
      expect(await tasks.renew('w', [receipt])).toEqual([receipt]);
      expect((await tasks.depths())[0] ?? { claimed: 0 }).toMatchObject({ claimed: 0 });
    });

    it('begin no more when they are withdrawn', async () => {
      const { tasks } = fixture();
      const { writers, task, receipt } = await begun();
      await writers.commit(task.executionId, aBatch({ withdrawn: [refOf(task)] }));
      expect(await tasks.settle('w', [done(task, receipt)])).toEqual([]);
      expect((await commands()).at(-1)).toEqual(succeeded(task, 'done'));
    });

    it('of tasks that come in one packet go on each for itself', async () => {
      const { tasks, partitions } = fixture();
      const executions = [newExecutionIn(0, partitions), newExecutionIn(0, partitions)];
      const lease = await aLease(fixture(), 0);
      const journals = executions.map((id) => aSlice(id, 1, 1));
      await fixture().store.commit(lease, aBatch({ journals, tasks: executions.map(chain) }));
      const [first, second] = await claim();
      if (first === undefined || second === undefined) throw new Error('two tasks were expected');
      const goneOn = await tasks.settle('w', [done(first.task, first.receipt)]);
      expect(goneOn.map(({ receipt }) => receipt)).toEqual([first.receipt]);
      await tasks.settle('w', [{ receipt: second.receipt, outcome: succeeded(second.task, 'done') }]);
      expect(await tasks.renew('w', [first.receipt, second.receipt])).toEqual([second.receipt]);
    });

    it('that have begun are known to no commit that withdraws them: it changes nothing', async () => {
      const { tasks, store } = fixture();
      const { lease, task, receipt } = await begunUnderLease();
      await tasks.settle('w', [done(task, receipt)]);

      const end = { journals: [aSlice(task.executionId, 2, 2)], withdrawn: [refOf(task)] };
      expect(await store.commit(lease, aBatch({ turn: 2, ...end }))).toBe('overtaken');
      expect(await store.read(task.executionId, 0)).toHaveLength(1);
      // Once the owner knows of it, that is over.
      const followed = [{ after: refOf(task), task: undefined }];
      const journals = [aSlice(task.executionId, 2, 2)];
      expect(await store.commit(lease, aBatch({ turn: 2, journals, followed }))).toBe('committed');
      const again = { journals: [aSlice(task.executionId, 3, 3)], withdrawn: [refOf(task)] };
      expect(await store.commit(lease, aBatch({ turn: 3, ...again }))).toBe('committed');
    });

    it('are gone with their partition', async () => {
      const { tasks, store } = fixture();
      const { lease, task, receipt } = await begunUnderLease();
      await store.reset(lease);
      await store.resume(lease, 1);
      expect(await tasks.settle('w', [done(task, receipt)])).toEqual([]);
    });
  });
}
