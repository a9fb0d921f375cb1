import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { InvalidCursorError } from '../src/errors';
import type { DeadLetter, DeadLetters } from '../src/ports/dead-letters';
import type { ArchiveEntry, ExecutionRepository } from '../src/ports/execution-repository';
import { anArchiveEntry, aNewExecution, newId, someEvents, someTimeline } from './builders';
import { createOne } from './create-one';
import { allPages, foreignCursors, impossibleIds } from './paging';

export interface DeadLettersFixture {
  readonly deadLetters: DeadLetters;
  /** Writes into the same store. */
  readonly executions: ExecutionRepository;
  close(): Promise<void>;
}

const error = { code: 'HTTP_5XX', message: 'upstream said \0 no', node_id: 'charge' };

/** The slice in which a task fails for good at position `to`. */
function failure(executionId: string, from: number, to: number, settles = false): ArchiveEntry {
  const createdAt = new Date(Date.now() + to).toISOString();
  return anArchiveEntry(executionId, someEvents(from, to), {
    change: { status: 'FAILED', error, finishedAt: createdAt },
    settlesDeadLetters: settles,
    deadLetters: [{ seq: to, nodeId: 'charge', handler: 'http', attempts: 3, error, createdAt }],
  });
}

/** The slice in which the execution is retried. */
function revival(executionId: string, from: number, to: number): ArchiveEntry {
  return anArchiveEntry(executionId, someEvents(from, to), {
    change: { status: 'RUNNING', error: null, finishedAt: null },
    settlesDeadLetters: true,
  });
}

export function describeDeadLettersContract(adapter: string, setup: () => Promise<DeadLettersFixture>): void {
  describe(`DeadLetters: ${adapter}`, () => {
    let fixture: DeadLettersFixture;
    let deadLetters: DeadLetters;
    let executions: ExecutionRepository;

    beforeAll(async () => {
      fixture = await setup();
      ({ deadLetters, executions } = fixture);
      await executions.beginTimeline(someTimeline, 0);
    }, 60_000);
    afterAll(() => fixture.close());

    async function anExecution(): Promise<string> {
      const { execution } = await createOne(executions, aNewExecution({ trigger: { input: null } }));
      return execution.id;
    }

    async function lettersOf(...executionIds: readonly string[]): Promise<readonly DeadLetter[]> {
      const all = await allPages((page) => deadLetters.list(page), 3);
      return all.filter(({ executionId }) => executionIds.includes(executionId));
    }

    it('shows a task that failed for good', async () => {
      const { execution } = await createOne(executions, aNewExecution({ name: 'order \0 7' }));
      const { id, name } = execution;
      const entry = failure(id, 1, 4);
      await executions.archive([entry]);

      const [letter, ...others] = await lettersOf(id);
      expect(others).toEqual([]);
      expect(letter).toEqual({
        id: letter?.id,
        executionId: id,
        name,
        nodeId: 'charge',
        handler: 'http',
        error,
        attempts: 3,
        createdAt: entry.deadLetters?.[0]?.createdAt,
      });
      expect(await deadLetters.find(letter?.id ?? '')).toEqual(letter);
    });

    it('are counted as far as one wants to know', async () => {
      const before = await deadLetters.count(1_000_000);
      for (let times = 0; times < 3; times++) await executions.archive([failure(await anExecution(), 1, 4)]);
      expect(await deadLetters.count(1_000_000)).toBe(before + 3);
      expect(await deadLetters.count(2)).toBe(2);
    });

    it('has one letter per journal position, however often and in whatever slices it is archived', async () => {
      const id = await anExecution();
      await executions.archive([failure(id, 1, 4)]);
      const [letter] = await lettersOf(id);
      await executions.archive([failure(id, 1, 4)]);
      await executions.archive([failure(id, 3, 4), failure(id, 2, 4)]);
      await Promise.all([1, 2, 3].map((from) => executions.archive([failure(id, from, 4)])));

      expect(await lettersOf(id)).toEqual([letter]);
    });

    it('lists newest first, page by page, also while letters come and go', async () => {
      const ids = await Promise.all(Array.from({ length: 8 }, anExecution));
      for (const [index, id] of ids.entries()) await executions.archive([failure(id, 1, index + 1)]);
      const all = await allPages(
        (page) => deadLetters.list(page),
        3,
        async () => executions.archive([failure(await anExecution(), 1, 100)]),
      );

      const ours = all.map(({ executionId }) => executionId).filter((id) => ids.includes(id));
      expect(ours).toEqual([...ids].reverse());
    });

    describe('discard', () => {
      it('removes the letter once and leaves the execution as it is', async () => {
        const id = await anExecution();
        await executions.archive([failure(id, 1, 2)]);
        const [letter] = await lettersOf(id);
        const answers = await Promise.all(
          Array.from({ length: 10 }, () => deadLetters.discard(letter?.id ?? '')),
        );

        expect(answers.filter(Boolean)).toHaveLength(1);
        expect(await deadLetters.find(letter?.id ?? '')).toBeUndefined();
        expect(await lettersOf(id)).toEqual([]);
        expect((await executions.find(id))?.status).toBe('FAILED');
      });

      it('stays done when the slice is archived again', async () => {
        const id = await anExecution();
        await executions.archive([failure(id, 1, 2)]);
        const [letter] = await lettersOf(id);
        await deadLetters.discard(letter?.id ?? '');
        await executions.archive([failure(id, 1, 2)]);

        expect(await lettersOf(id)).toEqual([]);
      });
    });

    describe('a retry of the execution', () => {
      it('settles its letters and nobody else’s', async () => {
        const [retried, other] = [await anExecution(), await anExecution()];
        await executions.archive([failure(retried, 1, 3), failure(other, 1, 3)]);
        await executions.archive([revival(retried, 4, 4)]);

        expect((await lettersOf(retried, other)).map(({ executionId }) => executionId)).toEqual([other]);
      });

      it('that fails again in the same slice leaves the new letter only', async () => {
        const id = await anExecution();
        await executions.archive([failure(id, 1, 3)]);
        await executions.archive([failure(id, 4, 9, true)]);
        const [letter, ...others] = await lettersOf(id);
        expect(others).toEqual([]);

        // Again, and cut differently: the new letter is not settled by its own slice.
        await executions.archive([failure(id, 4, 9, true)]);
        await executions.archive([failure(id, 1, 3), revival(id, 4, 5), failure(id, 6, 9)]);
        expect(await lettersOf(id)).toEqual([letter]);
      });

      it('keeps an older letter settled that is archived late', async () => {
        const id = await anExecution();
        await executions.archive([revival(id, 4, 5)]);
        await executions.archive([failure(id, 1, 3)]);

        expect(await lettersOf(id)).toEqual([]);
        expect((await executions.find(id))?.status).toBe('RUNNING');
      });

      it('settles what the same call wrote before it', async () => {
        const id = await anExecution();
        await executions.archive([failure(id, 1, 3), revival(id, 4, 4)]);
        expect(await lettersOf(id)).toEqual([]);
      });
    });

    describe('of one execution', () => {
      /** A slice with a letter at each of the positions. */
      const parked = (id: string, from: number, to: number, seqs: readonly number[]): ArchiveEntry => ({
        ...anArchiveEntry(id, someEvents(from, to)),
        deadLetters: seqs.map((seq) => ({
          seq,
          nodeId: `n${seq}`,
          handler: 'http',
          attempts: 1,
          error,
          createdAt: new Date().toISOString(),
        })),
      });
      const answered = (id: string, from: number, to: number, seqs: readonly number[]): ArchiveEntry =>
        anArchiveEntry(id, someEvents(from, to), { settledDeadLetters: seqs });
      const nodesOf = async (id: string): Promise<readonly string[]> =>
        (await lettersOf(id)).map(({ nodeId }) => nodeId).sort();

      it('there may be many, which are settled one by one', async () => {
        const [id, other] = [await anExecution(), await anExecution()];
        await executions.archive([parked(id, 1, 5, [2, 3, 5]), parked(other, 1, 5, [2, 3])]);
        expect(await nodesOf(id)).toEqual(['n2', 'n3', 'n5']);
        await executions.archive([answered(id, 6, 8, [3]), answered(other, 6, 7, [2])]);
        expect(await nodesOf(id)).toEqual(['n2', 'n5']);
        expect(await nodesOf(other)).toEqual(['n3']);
        await executions.archive([answered(id, 6, 8, [3]), answered(id, 9, 9, [5]), answered(id, 9, 9, [5])]);
        expect(await nodesOf(id)).toEqual(['n2']);
      });

      it('one may be written and settled in the same slice, or the other way round', async () => {
        const id = await anExecution();
        await executions.archive([{ ...parked(id, 1, 4, [2, 3]), settledDeadLetters: [2] }]);
        expect(await nodesOf(id)).toEqual(['n3']);
        await executions.archive([answered(id, 8, 9, [6])]);
        await executions.archive([parked(id, 5, 7, [6, 7])]);
        expect(await nodesOf(id)).toEqual(['n3', 'n7']);
      });

      it('a retry settles all, and the new ones stay', async () => {
        const id = await anExecution();
        await executions.archive([parked(id, 1, 3, [2, 3])]);
        await executions.archive([{ ...parked(id, 4, 9, [6, 8]), settlesDeadLetters: true }]);
        expect(await nodesOf(id)).toEqual(['n6', 'n8']);
      });
    });

    it.each([...impossibleIds, newId()])('knows nothing of the id %j', async (id) => {
      expect(await deadLetters.find(id)).toBeUndefined();
      expect(await deadLetters.discard(id)).toBe(false);
    });

    it.each(foreignCursors)('refuses the cursor %j', async (cursor) => {
      await expect(deadLetters.list({ limit: 10, cursor })).rejects.toThrow(InvalidCursorError);
    });
  });
}
