import { describe, expect, it } from '@jest/globals';

import type { ClaimedTask, Task, TaskRef } from '../../src/ports/task-queue';
import { newId } from '../builders';
import { LONG_MS, Recorder, Writers, aBatch, aSlice, aTask, only } from '../hot-ports';
import type { HotPortsFixture } from '../hot-ports';

export function describeClaims(fixture: () => HotPortsFixture): void {
  const claim = (limit: number, worker = 'w', queues = ['default']): Promise<readonly ClaimedTask[]> =>
    fixture().tasks.claim({ worker, queues, limit, waitMs: 0 });

  /** As many tasks of one execution, committed together. */
  async function someTasks(count: number, overrides: Partial<Task> = {}): Promise<readonly Task[]> {
    const executionId = newId();
    const tasks = Array.from({ length: count }, (_, n) =>
      aTask({ executionId, nodeId: `n${n}`, ...overrides }),
    );
    await new Writers(fixture()).enqueue(tasks);
    return tasks;
  }

  const names = (claimed: readonly ClaimedTask[]): readonly string[] =>
    claimed.map(({ task }) => task.nodeId);

  describe('claiming', () => {
    it('gives each task to one worker, never more than asked for', async () => {
      const tasks = await someTasks(60);
      const claims = await Promise.all(Array.from({ length: 20 }, (_, worker) => claim(4, `w${worker}`)));
      for (const claimed of claims) expect(claimed.length).toBeLessThanOrEqual(4);
      const rest: ClaimedTask[] = [];
      for (let some = await claim(50); some.length > 0; some = await claim(50)) rest.push(...some);
      const all = [...claims.flat(), ...rest];
      expect([...names(all)].sort()).toEqual(tasks.map(({ nodeId }) => nodeId).sort());
      expect(new Set(all.map(({ receipt }) => receipt)).size).toBe(60);
    });

    it('hands out configs that their workers may change', async () => {
      await someTasks(1, { config: { list: [1] } });
      const { task, receipt } = only(await claim(1));
      (task.config as { list: number[] }).list.push(2);
      await fixture().tasks.release('w', [receipt]);
      expect(only(await claim(1)).task.config).toEqual({ list: [1] });
    });

    it('serves the asked queues only', async () => {
      await someTasks(1, { queue: 'gpu' });
      await someTasks(1, { queue: 'slow' });
      expect(await claim(10)).toEqual([]);
      const claimed = await claim(10, 'w', ['slow', 'default']);
      expect(only(claimed).task.queue).toBe('slow');
      expect(await claim(10, 'w', ['gpu', 'slow'])).toHaveLength(1);
    });

    it('lets no queue starve another, in whichever order they are named', async () => {
      for (const queue of ['busy', 'quiet']) await someTasks(100, { queue });
      const claimed: ClaimedTask[] = [];
      for (let round = 0; round < 10 * fixture().partitions; round++)
        claimed.push(...(await claim(1, 'w', ['busy', 'quiet'])));
      expect(new Set(claimed.map(({ task }) => task.queue))).toEqual(new Set(['busy', 'quiet']));
    });

    it('comes by all tasks in the end, whatever the portions', async () => {
      await someTasks(7);
      const portions = [await claim(3), await claim(3), await claim(3), await claim(3)];
      expect(portions.map(({ length }) => length).reduce((a, b) => a + b)).toBe(7);
    });

    it('waits for the first task and not for more', async () => {
      const request = { worker: 'w', queues: ['default'], limit: 10, waitMs: LONG_MS };
      const claiming = fixture().tasks.claim(request);
      await fixture().advance(20);
      await someTasks(1);
      expect(await claiming).toHaveLength(1);
    });

    it('gets nothing when nothing came in time, or its signal aborts', async () => {
      const { tasks, advance } = fixture();
      const late = tasks.claim({ worker: 'w', queues: ['default'], limit: 1, waitMs: 50 });
      await advance(200);
      expect(await late).toEqual([]);
      const abort = new AbortController();
      const waiting = { worker: 'w', queues: ['default'], limit: 1, waitMs: LONG_MS, signal: abort.signal };
      const aborted = tasks.claim(waiting);
      await advance(20);
      abort.abort();
      expect(await aborted).toEqual([]);
      await someTasks(1);
      expect(await claim(1)).toHaveLength(1);
    });
  });

  describe('releasing', () => {
    it('gives the same delivery to another worker at once', async () => {
      const [task] = await someTasks(1);
      const { receipt } = only(await claim(1, 'leaving'));
      await fixture().tasks.release('leaving', [receipt]);
      expect(only(await claim(1, 'staying')).task).toEqual(task);
    });

    it('wakes a worker that waits', async () => {
      await someTasks(1);
      const { receipt } = only(await claim(1, 'leaving'));
      const request = { worker: 'staying', queues: ['default'], limit: 1, waitMs: LONG_MS };
      const waiting = fixture().tasks.claim(request);
      await fixture().advance(20);
      await fixture().tasks.release('leaving', [receipt]);
      expect(await waiting).toHaveLength(1);
    });

    it('of some leaves the others', async () => {
      await someTasks(3);
      const [first, second] = await claim(3, 'w');
      await fixture().tasks.release('w', [first?.receipt ?? '', second?.receipt ?? '']);
      expect(await claim(10, 'other')).toHaveLength(2);
    });

    it('is for the worker that has them', async () => {
      await someTasks(1);
      const { receipt } = only(await claim(1, 'mine'));
      await fixture().tasks.release('other', [receipt]);
      await fixture().tasks.release('mine', ['none-of-ours']);
      expect(await claim(1, 'other')).toEqual([]);
    });
  });

  describe('revoked tasks', () => {
    const revoke = (tasks: readonly Task[], writers: Writers): Promise<void> => {
      const executionId = tasks[0]?.executionId ?? '';
      const revoked = tasks.map(({ nodeId, attempt }): TaskRef => ({ executionId, nodeId, attempt }));
      return writers.commit(executionId, aBatch({ journals: [aSlice(executionId, 2, 2, true)], revoked }));
    };

    it('vanish from the queue', async () => {
      const writers = new Writers(fixture());
      const executionId = newId();
      const tasks = ['a', 'b', 'c'].map((nodeId) => aTask({ executionId, nodeId }));
      await writers.enqueue(tasks);
      await revoke(tasks.slice(0, 2), writers);
      expect(names(await claim(10))).toEqual(['c']);
      const depths = await fixture().tasks.depths();
      expect(depths.map(({ waiting }) => waiting).reduce((sum, waiting) => sum + waiting, 0)).toBe(0);
    });

    it('are told to those who may be running them, until they unsubscribe', async () => {
      const writers = new Writers(fixture());
      const recorder = new Recorder<readonly TaskRef[]>();
      const unsubscribe = await fixture().tasks.onRevoked(recorder.listen);
      const [first, second] = [aTask(), aTask()];
      await writers.enqueue([first]);
      await claim(1);
      await revoke([first], writers);
      const told = (await recorder.atLeast(1)).flat();
      expect(told).toEqual([{ executionId: first.executionId, nodeId: 'n', attempt: 1 }]);

      await unsubscribe();
      const staying = new Recorder<readonly TaskRef[]>();
      await fixture().tasks.onRevoked(staying.listen);
      await writers.enqueue([second]);
      await revoke([second], writers);
      await staying.atLeast(1);
      expect(recorder.seen).toHaveLength(1);
    });

    it('are those of the named attempt only', async () => {
      const writers = new Writers(fixture());
      const executionId = newId();
      const [old, next] = [aTask({ executionId, attempt: 1 }), aTask({ executionId, attempt: 2 })];
      await writers.enqueue([old]);
      const revoked = [{ executionId, nodeId: 'n', attempt: 1 }];
      await writers.commit(
        executionId,
        aBatch({ journals: [aSlice(executionId, 2, 3)], revoked, tasks: [next] }),
      );
      expect(only(await claim(10)).task.attempt).toBe(2);
    });
  });
}
