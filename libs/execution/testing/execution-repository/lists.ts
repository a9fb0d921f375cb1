import { describe, expect, it } from '@jest/globals';

import { InvalidCursorError } from '../../src/errors';
import type {
  ExecutionFilter,
  ExecutionRepository,
  NewExecution,
} from '../../src/ports/execution-repository';
import { anArchiveEntry, aNewExecution, newName, someEvents } from '../builders';
import { createOne } from '../create-one';
import { allPages, foreignCursors } from '../paging';

const start = Date.parse('2026-02-01T00:00:00.000Z');

/** Times a second apart. */
function time(second: number): string {
  return new Date(start + second * 1_000).toISOString();
}

export function describeLists(repository: () => ExecutionRepository): void {
  async function create(overrides: Partial<NewExecution>): Promise<string> {
    const { execution } = await createOne(repository(), aNewExecution(overrides));
    return execution.id;
  }

  async function search(filter: ExecutionFilter): Promise<readonly string[]> {
    return (await allPages((page) => repository().search(filter, page), 2)).map(({ id }) => id);
  }

  describe('search', () => {
    it('gives the newest first, also those of one moment, and each once', async () => {
      const name = newName();
      const ids: string[] = [];
      for (const second of [1, 2, 2, 2, 2, 3, 4]) ids.push(await create({ name, createdAt: time(second) }));

      expect(await search({ name })).toEqual(ids.reverse());
    });

    it('stays in step while executions are created', async () => {
      const name = newName();
      const ids: string[] = [];
      for (let second = 0; second < 7; second++) ids.push(await create({ name, createdAt: time(second) }));
      const found = await allPages(
        (page) => repository().search({ name }, page),
        3,
        async () => {
          await create({ name, createdAt: time(100) });
        },
      );

      expect(found.map(({ id }) => id)).toEqual(ids.reverse());
    });

    it('ends exactly at the last one', async () => {
      const name = newName();
      for (let second = 0; second < 4; second++) await create({ name, createdAt: time(second) });
      const first = await repository().search({ name }, { limit: 2 });
      const second = await repository().search({ name }, { limit: 2, cursor: first.nextCursor ?? '' });

      expect([first.items.length, second.items.length, second.nextCursor]).toEqual([2, 2, null]);
      expect(await repository().search({ name: newName() }, { limit: 2 })).toEqual({
        items: [],
        nextCursor: null,
      });
    });

    it('filters by status', async () => {
      const name = newName();
      const pending = await create({ name, createdAt: time(1) });
      const running = await create({ name, createdAt: time(2), trigger: { input: null } });
      const cancelled = await create({ name, createdAt: time(3) });
      await repository().cancelPending(cancelled, time(4));

      expect(await search({ name, status: ['PENDING'] })).toEqual([pending]);
      expect(await search({ name, status: ['CANCELLED', 'PENDING', 'PENDING'] })).toEqual([
        cancelled,
        pending,
      ]);
      expect(await search({ name, status: ['COMPLETED'] })).toEqual([]);
      expect(await search({ name, status: [] })).toEqual([]);
      expect(await search({ name })).toEqual([cancelled, running, pending]);
      const all = await allPages((page) => repository().search({ status: ['RUNNING'] }, page), 500);
      expect(all.every(({ status }) => status === 'RUNNING')).toBe(true);
      expect(all.map(({ id }) => id)).toContain(running);
    });

    it('filters by labels, all of them with exactly these values', async () => {
      const tag = newName();
      const both = await create({ createdAt: time(1), labels: { tag, team: 'sales', tier: 'gold' } });
      const one = await create({ createdAt: time(2), labels: { tag, team: 'sales' } });
      await create({ createdAt: time(3), labels: { tag, team: 'Sales' } });
      await create({ createdAt: time(4), labels: { tag: `${tag} ` } });

      expect(await search({ labels: { tag, team: 'sales' } })).toEqual([one, both]);
      expect(await search({ labels: { tag, team: 'sales', tier: 'gold' } })).toEqual([both]);
      expect(await search({ labels: { tag, tier: 'silver' } })).toEqual([]);
      expect((await search({ labels: { tag } })).length).toBe(3);
      expect(await search({ labels: { toString: tag } })).toEqual([]);
    });

    it.each([
      ['a\0b', 'a\0c'],
      ['\ud800', '\ud801'],
      ['\ue000' + '0000', '\0'],
      ['%', 'x'],
      [`'"\\`, `'"`],
      ['x'.repeat(10_000), 'x'.repeat(9_999)],
    ])('finds labels and names with the value %j', async (text, other) => {
      const name = newName();
      const id = await create({ name: name + text.slice(0, 100), labels: { [`${name}${text}`]: text } });
      await create({ name: name + other.slice(0, 99), labels: { [`${name}${text}`]: other } });

      expect(await search({ labels: { [`${name}${text}`]: text } })).toEqual([id]);
      expect(await search({ name: name + text.slice(0, 100) })).toEqual([id]);
    });

    it('filters by the time of creation, inclusive', async () => {
      const name = newName();
      const ids = [];
      for (const second of [1, 2, 3]) ids.push(await create({ name, createdAt: time(second) }));

      expect(await search({ name, since: time(2) })).toEqual([ids[2], ids[1]]);
      expect(await search({ name, since: '2026-02-01T01:00:02+01:00' })).toEqual([ids[2], ids[1]]);
      expect(await search({ name, since: time(4) })).toEqual([]);
    });

    it.each(foreignCursors)('refuses the cursor %j', async (cursor) => {
      await expect(repository().search({}, { limit: 10, cursor })).rejects.toThrow(InvalidCursorError);
      await expect(repository().unfinished({ limit: 10, cursor })).rejects.toThrow(InvalidCursorError);
    });
  });

  describe('unfinished', () => {
    it('gives RUNNING and PAUSED ones, oldest first, while others end', async () => {
      const name = newName();
      const pending = await create({ name, createdAt: time(0) });
      const ids: string[] = [];
      for (let second = 1; second <= 6; second++) {
        ids.push(await create({ name, createdAt: time(second), trigger: { input: null } }));
      }
      const [first = '', paused = ''] = ids;
      const change = (status: 'PAUSED' | 'COMPLETED') => ({
        change: { status, error: null, finishedAt: status === 'PAUSED' ? null : time(9) },
      });
      await repository().archive([anArchiveEntry(paused, someEvents(1, 1), change('PAUSED'))]);

      const found = await allPages(
        (page) => repository().unfinished(page),
        2,
        () => repository().archive([anArchiveEntry(first, someEvents(1, 1), change('COMPLETED'))]),
      );
      const ours = found.filter((record) => record.name === name).map(({ id }) => id);
      expect(ours.filter((id) => id !== first)).toEqual(ids.slice(1));
      expect(ours).not.toContain(pending);
      expect(found.map(({ createdAt }) => createdAt)).toEqual(found.map(({ createdAt }) => createdAt).sort());

      const again = await allPages((page) => repository().unfinished(page), 100);
      expect(again.map(({ id }) => id)).not.toContain(first);
    });
  });
}
