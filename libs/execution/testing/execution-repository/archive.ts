import { beforeAll, describe, expect, it } from '@jest/globals';

import type { ArchiveEntry, ExecutionRepository } from '../../src/ports/execution-repository';
import { anArchiveEntry, aNewExecution, awkwardJson, newId, someEvents, someTimeline } from '../builders';
import { createOne } from '../create-one';

const at = '2026-03-01T10:00:00.123Z';
const error = { code: 'TIMEOUT', message: 'nul \0 and half \ud800', node_id: 'n3' };

type Change = NonNullable<ArchiveEntry['change']>;
const paused: Change = { status: 'PAUSED', error: null, finishedAt: null };
const running: Change = { status: 'RUNNING', error: null, finishedAt: null };
const failed: Change = { status: 'FAILED', error, finishedAt: at };
const completed: Change = { status: 'COMPLETED', error: null, finishedAt: at };

export function describeArchive(repository: () => ExecutionRepository): void {
  async function aRunning(): Promise<string> {
    const { execution } = await createOne(repository(), aNewExecution({ trigger: { input: { n: 1 } } }));
    return execution.id;
  }

  function archive(...entries: readonly ArchiveEntry[]): Promise<readonly number[]> {
    return repository().archive(entries);
  }

  beforeAll(() => repository().beginTimeline(someTimeline, 0));

  describe('archive', () => {
    it('keeps the journal in order and leaves the record alone without a change', async () => {
      const [id, other] = [await aRunning(), await aRunning()];
      const before = await repository().find(id);
      await archive(anArchiveEntry(id, someEvents(1, 3)), anArchiveEntry(other, someEvents(1, 2)));
      await archive(anArchiveEntry(id, someEvents(4, 12)));

      expect(await repository().journal(id, 0)).toEqual(someEvents(1, 12));
      expect(await repository().journal(id, 9)).toEqual(someEvents(10, 12));
      expect(await repository().journal(id, 2, 3)).toEqual(someEvents(3, 5));
      for (const beyond of [12, 2 ** 31, 2 ** 53, Infinity]) {
        expect(await repository().journal(id, beyond)).toEqual([]);
      }
      expect(await repository().journal(id, -1)).toEqual(someEvents(1, 12));
      expect(await repository().journal(other, 0)).toEqual(someEvents(1, 2));
      expect(await repository().journals([other, 'no-id', newId(), id])).toEqual(
        new Map([
          [id, someEvents(1, 12)],
          [other, someEvents(1, 2)],
        ]),
      );
      expect(await repository().find(id)).toEqual(before);
    });

    it('applies changes to the record and nothing else', async () => {
      const id = await aRunning();
      const before = await repository().find(id);

      await archive(anArchiveEntry(id, someEvents(1, 2), { change: paused }));
      expect(await repository().find(id)).toEqual({ ...before, status: 'PAUSED' });
      await archive(anArchiveEntry(id, someEvents(3, 3), { change: failed }));
      expect(await repository().find(id)).toEqual({ ...before, status: 'FAILED', error, finishedAt: at });
      await archive(anArchiveEntry(id, someEvents(4, 4), { change: running, settlesDeadLetters: true }));
      expect(await repository().find(id)).toEqual(before);
      await archive(anArchiveEntry(id, someEvents(5, 9), { change: completed }));
      expect(await repository().find(id)).toEqual({ ...before, status: 'COMPLETED', finishedAt: at });
    });

    it('takes the same events again, cut differently, without a trace', async () => {
      const id = await aRunning();
      const cuts = [[20], [7, 13, 20], [1, 2, 3, 19, 20], [10, 20], [20]];
      for (const cut of cuts) {
        let from = 1;
        for (const to of cut) {
          const change = to === 20 ? { change: completed } : {};
          await archive(anArchiveEntry(id, someEvents(from, to), change));
          from = to + 1;
        }
      }
      await archive(anArchiveEntry(id, someEvents(5, 15)));

      expect(await repository().journal(id, 0)).toEqual(someEvents(1, 20));
      expect((await repository().find(id))?.status).toBe('COMPLETED');
    });

    it('keeps an event that is there already as it is', async () => {
      const id = await aRunning();
      await archive(anArchiveEntry(id, someEvents(1, 2, 'first')));
      await archive(anArchiveEntry(id, someEvents(1, 3, 'second')));

      const journal = await repository().journal(id, 0);
      expect(journal.map((event) => ('output' in event ? event.output : undefined))).toEqual([
        'first',
        'first',
        'second',
      ]);
    });

    it('does not let an older change undo a newer one', async () => {
      const id = await aRunning();
      await archive(anArchiveEntry(id, someEvents(6, 9), { change: completed }));
      await archive(anArchiveEntry(id, someEvents(1, 5), { change: paused }));
      await archive(anArchiveEntry(id, someEvents(3, 8), { change: running }));

      expect(await repository().find(id)).toMatchObject({ status: 'COMPLETED', finishedAt: at });
      expect(await repository().journal(id, 0)).toEqual(someEvents(1, 9));
    });

    it('takes several slices of an execution in one call, the newest change counts', async () => {
      const [first, second] = [await aRunning(), await aRunning()];
      await archive(
        anArchiveEntry(first, someEvents(1, 2), { change: paused }),
        anArchiveEntry(second, someEvents(3, 4), { change: completed }),
        anArchiveEntry(first, someEvents(3, 4), { change: failed }),
        anArchiveEntry(second, someEvents(1, 2), { change: paused }),
        anArchiveEntry(first, someEvents(4, 5)),
      );

      expect((await repository().find(first))?.status).toBe('FAILED');
      expect((await repository().find(second))?.status).toBe('COMPLETED');
      expect(await repository().journal(first, 0)).toEqual(someEvents(1, 5));
      expect(await repository().journal(second, 0)).toEqual(someEvents(1, 4));
    });

    it('takes the same slices from many archivers at once', async () => {
      const ids = await Promise.all(Array.from({ length: 20 }, aRunning));
      const entries = ids.map((id) => anArchiveEntry(id, someEvents(1, 10), { change: completed }));
      const shuffled = Array.from({ length: 8 }, (_, n) => [
        ...entries.slice(n * 2),
        ...entries.slice(0, n * 2),
      ]);
      await Promise.all(shuffled.map((order) => repository().archive(order)));

      for (const id of ids) {
        expect(await repository().journal(id, 0)).toEqual(someEvents(1, 10));
        expect((await repository().find(id))?.status).toBe('COMPLETED');
      }
    });

    it('keeps every JSON value of an event', async () => {
      const id = await aRunning();
      const events = someEvents(1, 3, [awkwardJson, 'x'.repeat(1_000_000)]);
      await archive(anArchiveEntry(id, events));

      const stored = await repository().journal(id, 0);
      expect(stored).toEqual(events);
      expect(JSON.stringify(stored)).toBe(JSON.stringify(events));
    });

    it('takes a large call, and an empty one', async () => {
      const id = await aRunning();
      await archive();
      await archive(anArchiveEntry(id, someEvents(1, 12_000), { change: completed }));

      const journal = await repository().journal(id, 0);
      expect(journal).toHaveLength(12_000);
      expect(journal.every(({ seq }, index) => seq === index + 1)).toBe(true);
    });
  });

  describe('a timeline', () => {
    const position = (partition: number, timeline: number, turn = 1) => ({
      position: { partition, timeline, turn },
    });
    const begun = (timeline: number, turn: number) => ({ outcome: 'begun', archived: { timeline, turn } });
    const begin = (partition: number, epoch: number, current = 0) =>
      repository().beginTimeline({ partition, epoch }, current);
    /** Above those of other tests, should they share a database. */
    const [a, b, c, d] = [1001, 1002, 1003, 1006];

    it('tells how far those before it are archived', async () => {
      const id = await aRunning();
      expect(await begin(a, 10)).toEqual(begun(0, 0));
      expect(await begin(a, 20, 10)).toEqual(begun(0, 0));
      await archive(
        anArchiveEntry(id, someEvents(1, 1), position(a, 20, 7)),
        anArchiveEntry(id, someEvents(2, 2), position(a, 20, 9)),
      );
      await archive(anArchiveEntry(id, someEvents(1, 1), position(a, 20, 7)));
      expect(await begin(a, 30, 20)).toEqual(begun(20, 9));
      expect(await begin(a, 40, 30)).toEqual(begun(20, 9));
      await archive(anArchiveEntry(id, someEvents(2, 2), position(a, 40, 9)));
      expect(await begin(a, 50, 40)).toEqual(begun(20, 9));
      await archive(anArchiveEntry(id, someEvents(3, 3), position(a, 50, 10)));
      expect(await begin(a, 60, 50)).toEqual(begun(50, 10));
    });

    it('is begun once, after the one that its owner knew of', async () => {
      const superseded = { outcome: 'superseded', timeline: 20 };
      await begin(b, 20);
      expect(await begin(b, 20)).toEqual(superseded);
      expect(await begin(b, 30)).toEqual(superseded);
      expect(await begin(b, 30, 10)).toEqual(superseded);
      expect(await begin(b, 30, 20)).toEqual(begun(0, 0));
    });

    it('is begun by one of many who know of the same one before', async () => {
      const epochs = Array.from({ length: 10 }, (_, n) => 10 + n);
      const answers = await Promise.all(epochs.map((epoch) => begin(d, epoch)));
      expect(answers.filter(({ outcome }) => outcome === 'begun')).toHaveLength(1);
    });

    it('keeps what is of any other from the archive', async () => {
      const [kept, older, unknown] = [await aRunning(), await aRunning(), await aRunning()];
      await begin(c, 10);
      await begin(c, 20, 10);
      const leftOut = await archive(
        anArchiveEntry(older, someEvents(1, 2), { change: completed, ...position(c, 10) }),
        anArchiveEntry(kept, someEvents(1, 2), { change: completed, ...position(c, 20) }),
        anArchiveEntry(unknown, someEvents(1, 2), position(1004, 1)),
      );

      expect([...leftOut].sort()).toEqual([c, 1004]);
      expect(await repository().journal(older, 0)).toEqual([]);
      expect((await repository().find(older))?.status).toBe('RUNNING');
      expect(await repository().journal(kept, 0)).toHaveLength(2);
      expect(await repository().journal(unknown, 0)).toEqual([]);
    });

    it('is never mixed with the one before, whatever is under way', async () => {
      const ids = await Promise.all(Array.from({ length: 20 }, aRunning));
      const partition = 1005;
      await begin(partition, 10);
      const old = ids.map((id) =>
        archive(anArchiveEntry(id, someEvents(1, 5, 'old'), position(partition, 10))),
      );
      await begin(partition, 20, 10);
      const seen = await Promise.all(ids.map((id) => repository().journal(id, 0)));
      await Promise.all(old);
      expect(await Promise.all(ids.map((id) => repository().journal(id, 0)))).toEqual(seen);
    });
  });
}
