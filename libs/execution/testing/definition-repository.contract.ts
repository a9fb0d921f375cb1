import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { InvalidCursorError } from '../src/errors';
import type { DefinitionRepository } from '../src/ports/definition-repository';
import { aDefinition, awkwardJson, newId, newName } from './builders';
import { allPages, foreignCursors, impossibleIds } from './paging';

export interface DefinitionRepositoryFixture {
  readonly repository: DefinitionRepository;
  close(): Promise<void>;
}

export function describeDefinitionRepositoryContract(
  adapter: string,
  setup: () => Promise<DefinitionRepositoryFixture>,
): void {
  describe(`DefinitionRepository: ${adapter}`, () => {
    let fixture: DefinitionRepositoryFixture;
    let repository: DefinitionRepository;

    beforeAll(async () => {
      fixture = await setup();
      repository = fixture.repository;
    }, 60_000);
    afterAll(() => fixture.close());

    describe('register', () => {
      it('gives a new name version 1, found by id and by name', async () => {
        const definition = aDefinition();
        const { created, ...registered } = await repository.register(definition);

        expect(created).toBe(true);
        expect(registered).toMatchObject({ name: definition.name, version: 1, definition });
        expect(new Date(registered.createdAt).toISOString()).toBe(registered.createdAt);
        expect(await repository.find(registered.workflowId, 1)).toEqual(registered);
        expect(await repository.findByName(definition.name)).toEqual(registered);
        expect(await repository.findByName(definition.name, 1)).toEqual(registered);
      });

      it('gives the same content the same version, whatever the order of its keys', async () => {
        const name = newName();
        const first = await repository.register(
          aDefinition({ name, dag: { nodes: [{ id: 'a', handler: 'noop', config: { x: 1, y: 2 } }] } }),
        );
        const second = await repository.register({
          dag: { nodes: [{ config: { y: 2, x: 1 }, handler: 'noop', id: 'a' }] },
          name,
        });

        expect(second).toMatchObject({ workflowId: first.workflowId, version: 1, created: false });
        expect(second.createdAt).toBe(first.createdAt);
      });

      it('numbers changed content within the name and keeps the older versions', async () => {
        const first = aDefinition();
        const second = { ...first, description: 'changed' };
        const { workflowId } = await repository.register(first);

        expect(await repository.register(second)).toMatchObject({ workflowId, version: 2, created: true });
        expect(await repository.register(first)).toMatchObject({ workflowId, version: 1, created: false });
        expect((await repository.findByName(first.name))?.definition).toEqual(second);
        expect((await repository.find(workflowId, 1))?.definition).toEqual(first);
      });

      it('creates once when the same content comes many times at once', async () => {
        const definition = aDefinition();
        const all = await Promise.all(Array.from({ length: 100 }, () => repository.register(definition)));

        expect(all.filter(({ created }) => created)).toHaveLength(1);
        expect(new Set(all.map(({ workflowId, version }) => `${workflowId} ${version}`)).size).toBe(1);
      });

      it('numbers concurrent versions of a name without gaps or repetitions', async () => {
        const name = newName();
        const all = await Promise.all(
          Array.from({ length: 30 }, (_, index) =>
            repository.register(aDefinition({ name, description: `variant ${index}` })),
          ),
        );

        expect(all.every(({ created }) => created)).toBe(true);
        expect(new Set(all.map(({ workflowId }) => workflowId)).size).toBe(1);
        const versions = all.map(({ version }) => version).sort((a, b) => a - b);
        expect(versions).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
      });

      it('keeps every JSON value as it is', async () => {
        const config = { awkward: awkwardJson, large: 'x'.repeat(1_000_000) };
        const definition = aDefinition({ dag: { nodes: [{ id: 'a', handler: 'transform', config }] } });
        const { workflowId } = await repository.register(definition);

        const stored = await repository.find(workflowId, 1);
        expect(stored?.definition).toEqual(definition);
        expect(JSON.stringify(stored?.definition)).toBe(JSON.stringify(definition));
      });

      it('tells contents apart that differ in one half of a surrogate pair', async () => {
        const name = newName();
        await repository.register(aDefinition({ name, description: '\ud800' }));
        const other = await repository.register(aDefinition({ name, description: '\ud801' }));
        expect(other.version).toBe(2);
      });

      it.each(['Ünïcödé 工作流 \u{1f600}', `quo'te"; \\ %_`, '\u{1f600}'.repeat(127)])(
        'takes the name %j',
        async (prefix) => {
          const definition = aDefinition({ name: prefix + newId().slice(-1) });
          await repository.register(definition);
          expect((await repository.findByName(definition.name))?.name).toBe(definition.name);
        },
      );
    });

    describe('find', () => {
      it('finds nothing under ids, names and versions that are not there', async () => {
        const { workflowId, name } = await repository.register(aDefinition());

        expect(await repository.find(newId(), 1)).toBeUndefined();
        expect(await repository.findByName(newName())).toBeUndefined();
        for (const version of [2, 0, -1, 1.5, 2 ** 31, 2 ** 53, Number.NaN, Infinity]) {
          expect(await repository.find(workflowId, version)).toBeUndefined();
          expect(await repository.findByName(name, version)).toBeUndefined();
        }
      });

      it.each(impossibleIds)('finds nothing under the impossible id %j', async (id) => {
        expect(await repository.find(id, 1)).toBeUndefined();
        expect(await repository.findByName(id)).toBeUndefined();
        expect((await repository.versions(id, { limit: 10 })).items).toEqual([]);
      });
    });

    describe('lastKnown', () => {
      it('is what was found as the newest version', async () => {
        const first = aDefinition();
        expect(repository.lastKnown(first.name)).toBeUndefined();
        await repository.register(first);
        const found = await repository.findByName(first.name);
        expect(repository.lastKnown(first.name)).toEqual(found);

        await repository.register({ ...first, description: 'changed' });
        await repository.findByName(first.name);
        await repository.findByName(first.name, 1);
        expect(repository.lastKnown(first.name)?.version).toBe(2);
      });
    });

    describe('list', () => {
      it('gives the newest version of each name, ordered by name', async () => {
        const prefix = newName('list');
        for (const suffix of ['c', 'a', 'b']) {
          await repository.register(aDefinition({ name: `${prefix}-${suffix}` }));
        }
        const nodes = ['a', 'b'].map((id) => ({ id, handler: 'noop' }));
        await repository.register(aDefinition({ name: `${prefix}-b`, dag: { nodes } }));

        const all = await allPages((page) => repository.list(page), 2);
        const ours = all.filter(({ name }) => name.startsWith(prefix));
        expect(ours.map(({ name, version, nodeCount }) => [name.slice(-1), version, nodeCount])).toEqual([
          ['a', 1, 1],
          ['b', 2, 2],
          ['c', 1, 1],
        ]);
        expect(ours.every((summary) => !('definition' in summary))).toBe(true);
      });

      it('shows each name once while others are registered', async () => {
        const prefix = newName('m');
        for (let index = 0; index < 6; index++) {
          await repository.register(aDefinition({ name: `${prefix}-${index}` }));
        }
        const all = await allPages(
          (page) => repository.list(page),
          2,
          async () => {
            await repository.register(aDefinition({ name: newName('a') }));
          },
        );

        const ours = all.map(({ name }) => name).filter((name) => name.startsWith(prefix));
        expect(ours).toEqual(Array.from({ length: 6 }, (_, index) => `${prefix}-${index}`));
      });
    });

    it('gives the versions of a name, newest first', async () => {
      const name = newName();
      for (let version = 1; version <= 5; version++) {
        await repository.register(aDefinition({ name, description: String(version) }));
      }
      const all = await allPages((page) => repository.versions(name, page), 2);
      expect(all.map(({ version }) => version)).toEqual([5, 4, 3, 2, 1]);
      expect(all.every((summary) => summary.name === name)).toBe(true);
    });

    it.each(foreignCursors)('refuses the cursor %j', async (cursor) => {
      const page = { limit: 10, cursor };
      await expect(repository.list(page)).rejects.toThrow(InvalidCursorError);
      await expect(repository.versions('any', page)).rejects.toThrow(InvalidCursorError);
    });

    it('refuses the cursor of another list', async () => {
      const name = newName();
      await repository.register(aDefinition({ name }));
      await repository.register(aDefinition({ name, labels: { changed: 'yes' } }));
      const { nextCursor } = await repository.versions(name, { limit: 1 });
      await expect(repository.list({ limit: 1, cursor: nextCursor ?? '' })).rejects.toThrow(
        InvalidCursorError,
      );
    });
  });
}
