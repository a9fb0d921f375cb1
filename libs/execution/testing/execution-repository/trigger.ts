import { describe, expect, it } from '@jest/globals';

import type { ExecutionRecord, ExecutionRepository } from '../../src/ports/execution-repository';
import { anArchiveEntry, aNewExecution, awkwardJson, newId, someEvents } from '../builders';
import { createOne } from '../create-one';
import { impossibleIds } from '../paging';

const at = '2026-03-01T10:00:00.123Z';

export function describeTrigger(repository: () => ExecutionRepository): void {
  async function aPending(): Promise<ExecutionRecord> {
    const { execution } = await createOne(repository(), aNewExecution({ labels: { a: 'b' } }));
    return execution;
  }

  describe('trigger', () => {
    it('makes a PENDING execution RUNNING with its input', async () => {
      const pending = await aPending();
      const running = { ...pending, status: 'RUNNING', input: awkwardJson, startedAt: at };

      expect(await repository().trigger(pending.id, awkwardJson, at)).toEqual({
        outcome: 'triggered',
        execution: running,
      });
      expect(await repository().find(pending.id)).toEqual(running);
    });

    it('happens once', async () => {
      const { id } = await aPending();
      await repository().trigger(id, { first: true }, at);

      expect(await repository().trigger(id, { first: false }, at)).toEqual({
        outcome: 'wrong_state',
        status: 'RUNNING',
      });
      expect((await repository().find(id))?.input).toEqual({ first: true });
    });

    it('lets exactly one of many callers win', async () => {
      const { id } = await aPending();
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, caller) => repository().trigger(id, { caller }, at)),
      );

      const winners = answers.filter(({ outcome }) => outcome === 'triggered');
      expect(winners).toHaveLength(1);
      expect(answers.filter(({ outcome }) => outcome === 'wrong_state')).toHaveLength(99);
      const [winner] = winners;
      expect(winner).toEqual({ outcome: 'triggered', execution: await repository().find(id) });
    });

    it('answers each of many callers for its own execution', async () => {
      const pending = await Promise.all(Array.from({ length: 60 }, aPending));
      const calls = [...pending, ...pending].sort((a, b) => (a.id.slice(-4) < b.id.slice(-4) ? -1 : 1));
      const answers = await Promise.all(
        calls.map(({ id }) =>
          repository()
            .trigger(id, { for: id }, at)
            .then((answer) => ({ id, answer })),
        ),
      );

      const won = answers.filter(({ answer }) => answer.outcome === 'triggered');
      expect(won.map(({ id }) => id).sort()).toEqual(pending.map(({ id }) => id).sort());
      for (const { id, answer } of won) {
        expect(answer).toMatchObject({ execution: { id, input: { for: id } } });
      }
    });

    it('tells the status that stood against it', async () => {
      const [cancelled, failed] = [await aPending(), await aPending()];
      await repository().cancelPending(cancelled.id, at);
      await repository().trigger(failed.id, null, at);
      const change = { status: 'FAILED', error: { code: 'X', message: 'x' }, finishedAt: at } as const;
      await repository().archive([anArchiveEntry(failed.id, someEvents(1, 2), { change })]);

      const answers = await Promise.all(
        [cancelled.id, failed.id].map((id) => repository().trigger(id, null, at)),
      );
      expect(answers).toEqual([
        { outcome: 'wrong_state', status: 'CANCELLED' },
        { outcome: 'wrong_state', status: 'FAILED' },
      ]);
    });

    it.each([...impossibleIds, newId()])('does not find the id %j', async (id) => {
      expect(await repository().trigger(id, {}, at)).toEqual({ outcome: 'not_found' });
      expect(await repository().cancelPending(id, at)).toBe(false);
    });
  });

  describe('cancelPending', () => {
    it('ends an execution that never ran, once', async () => {
      const pending = await aPending();
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => repository().cancelPending(pending.id, at)),
      );

      expect(answers.filter(Boolean)).toHaveLength(1);
      expect(await repository().find(pending.id)).toEqual({
        ...pending,
        status: 'CANCELLED',
        finishedAt: at,
      });
    });

    it('leaves a running one alone', async () => {
      const { id } = await aPending();
      await repository().trigger(id, null, at);
      expect(await repository().cancelPending(id, at)).toBe(false);
      expect((await repository().find(id))?.status).toBe('RUNNING');
    });

    it('and trigger exclude each other', async () => {
      const pending = await Promise.all(Array.from({ length: 30 }, aPending));
      const outcomes = await Promise.all(
        pending.map(async ({ id }) => {
          const [trigger, cancelled] = await Promise.all([
            repository().trigger(id, null, at),
            repository().cancelPending(id, at),
          ]);
          return [trigger.outcome === 'triggered', cancelled];
        }),
      );
      for (const [triggered, cancelled] of outcomes) expect(triggered).toBe(!cancelled);
    });
  });
}
