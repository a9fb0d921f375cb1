import { describe, expect, it } from '@jest/globals';

import { DuplicateExecutionError } from '../../src/errors';
import type { ExecutionRepository } from '../../src/ports/execution-repository';
import { aNewExecution, awkwardJson, newId } from '../builders';
import { createOne } from '../create-one';
import { impossibleIds } from '../paging';

export function describeCreate(repository: () => ExecutionRepository): void {
  describe('create', () => {
    it('makes a PENDING execution', async () => {
      const execution = aNewExecution({ labels: { team: 'sales', '': 'empty key' } });
      const { id, workflowId, version, name, labels, createdAt } = execution;
      const created = await createOne(repository(), execution);

      expect(created).toEqual({
        created: true,
        execution: {
          id,
          workflowId,
          version,
          name,
          status: 'PENDING',
          labels,
          input: null,
          error: null,
          createdAt,
          startedAt: null,
          finishedAt: null,
        },
      });
      expect(await repository().find(id)).toEqual(created.execution);
    });

    it('is found among many that are asked for at once, known or not', async () => {
      const executions = Array.from({ length: 120 }, () => aNewExecution());
      await repository().create(executions);
      const ids = executions.flatMap(({ id }) => [id, newId(), id]);

      const found = await Promise.all(['no uuid', ...ids].map((id) => repository().find(id)));
      const expected = executions.flatMap(({ id }) => [id, undefined, id]);
      expect(found.map((record) => record?.id)).toEqual([undefined, ...expected]);
    });

    it('is found by its idempotency key, within its workflow', async () => {
      const execution = aNewExecution({ idempotencyKey: 'known' });
      await createOne(repository(), execution);
      const { workflowId } = execution;

      const found = await repository().findByKeys(workflowId, ['known', 'unknown', 'known']);
      expect([...found].map(([key, { id }]) => [key, id])).toEqual([['known', execution.id]]);
      expect(await repository().findByKeys(newId(), ['known'])).toEqual(new Map());
      expect(await repository().findByKeys(workflowId, [])).toEqual(new Map());
      expect(await repository().findByKeys('no uuid', ['known'])).toEqual(new Map());
    });

    it('makes a RUNNING one when it is triggered in the same step', async () => {
      const execution = aNewExecution({ trigger: { input: { n: 1 } } });
      const created = await createOne(repository(), execution);

      expect(created.execution).toMatchObject({
        status: 'RUNNING',
        input: { n: 1 },
        startedAt: execution.createdAt,
        finishedAt: null,
      });
      expect(await repository().find(execution.id)).toEqual(created.execution);
    });

    it('keeps every JSON value of the input and every character of labels and names', async () => {
      const execution = aNewExecution({
        name: 'na\0me \ud800 工',
        labels: JSON.parse('{"__proto__":"a","k\\u0000":"v\\ud800","\\ue000":"\\ue0000000"}') as Record<
          string,
          string
        >,
        trigger: { input: [awkwardJson, 'x'.repeat(1_000_000)] },
      });
      await createOne(repository(), execution);

      const found = await repository().find(execution.id);
      expect(found?.input).toEqual(execution.trigger?.input);
      expect(JSON.stringify(found?.input)).toBe(JSON.stringify(execution.trigger?.input));
      expect(found?.name).toBe(execution.name);
      expect(Object.entries(found?.labels ?? {}).sort()).toEqual(Object.entries(execution.labels).sort());
    });

    it('takes many at once', async () => {
      const executions = Array.from({ length: 1_200 }, () => aNewExecution());
      const created = await Promise.all(executions.map((execution) => createOne(repository(), execution)));

      expect(created.every((one) => one.created)).toBe(true);
      expect(created.map(({ execution }) => execution.id)).toEqual(executions.map(({ id }) => id));
      for (const { execution } of created.slice(-3)) {
        expect(await repository().find(execution.id)).toEqual(execution);
      }
    });

    it('refuses an id that is taken without harming those beside it', async () => {
      const first = aNewExecution();
      const { execution } = await createOne(repository(), first);
      const [before, repeated, after] = await Promise.allSettled([
        createOne(repository(), aNewExecution()),
        createOne(repository(), { ...aNewExecution(), id: first.id }),
        createOne(repository(), aNewExecution()),
      ]);

      expect(before).toMatchObject({ status: 'fulfilled', value: { created: true } });
      expect(after).toMatchObject({ status: 'fulfilled', value: { created: true } });
      expect(repeated).toMatchObject({ status: 'rejected', reason: expect.any(DuplicateExecutionError) });
      expect(await repository().find(first.id)).toEqual(execution);
    });

    it('answers a call of many in order', async () => {
      const executions = Array.from({ length: 1_200 }, () => aNewExecution());
      const created = await repository().create(executions);

      expect(created.map(({ execution }) => execution.id)).toEqual(executions.map(({ id }) => id));
      expect(await repository().create([])).toEqual([]);
    });

    it('writes nothing of a call of which one id is taken, and all of the calls beside it', async () => {
      const taken = aNewExecution();
      await createOne(repository(), taken);
      const calls = [
        [aNewExecution(), aNewExecution()],
        [aNewExecution({ idempotencyKey: 'lost' }), { ...aNewExecution(), id: taken.id }, aNewExecution()],
        [aNewExecution()],
      ];
      const answers = await Promise.allSettled(calls.map((call) => repository().create(call)));

      expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      for (const [index, call] of calls.entries()) {
        const found = await Promise.all(call.map(({ id }) => repository().find(id)));
        const ours = found.filter((record) => record !== undefined && record.id !== taken.id);
        expect(ours).toHaveLength(index === 1 ? 0 : call.length);
      }
    });

    it('refuses a call that brings an id twice', async () => {
      const execution = aNewExecution();
      await expect(repository().create([execution, execution])).rejects.toThrow(DuplicateExecutionError);
      expect(await repository().find(execution.id)).toBeUndefined();
    });

    it('lets one of many win an id', async () => {
      const id = newId();
      const all = await Promise.allSettled(
        Array.from({ length: 100 }, () => createOne(repository(), aNewExecution({ id }))),
      );
      expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });
  });

  describe('an idempotency key', () => {
    it('gives the first execution back, as it is by then', async () => {
      const workflowId = newId();
      const first = await createOne(repository(), aNewExecution({ workflowId, idempotencyKey: 'order-7' }));
      await repository().trigger(first.execution.id, { n: 1 }, new Date().toISOString());
      const second = await createOne(repository(), aNewExecution({ workflowId, idempotencyKey: 'order-7' }));

      expect(second.created).toBe(false);
      expect(second.execution).toEqual(await repository().find(first.execution.id));
      expect(second.execution.status).toBe('RUNNING');
    });

    it('creates once when it comes many times at once', async () => {
      const workflowId = newId();
      const candidates = Array.from({ length: 100 }, () =>
        aNewExecution({ workflowId, idempotencyKey: 'once', trigger: { input: null } }),
      );
      const all = await Promise.all(candidates.map((execution) => createOne(repository(), execution)));

      expect(all.filter(({ created }) => created)).toHaveLength(1);
      expect(new Set(all.map(({ execution }) => execution.id)).size).toBe(1);
      const found = await Promise.all(candidates.map(({ id }) => repository().find(id)));
      expect(found.filter((record) => record !== undefined)).toHaveLength(1);
    });

    it('counts within one call, too', async () => {
      const workflowId = newId();
      const old = await createOne(repository(), aNewExecution({ workflowId, idempotencyKey: 'old' }));
      const created = await repository().create(
        ['new', 'old', 'new'].map((idempotencyKey) => aNewExecution({ workflowId, idempotencyKey })),
      );

      expect(created.map((one) => one.created)).toEqual([true, false, false]);
      expect(created[1]?.execution).toEqual(old.execution);
      expect(created[2]?.execution).toEqual(created[0]?.execution);
    });

    it('is one per workflow, and different from every other key', async () => {
      const workflowId = newId();
      const keys = [
        'k',
        'K',
        'k ',
        '\0',
        '\ud800',
        '\ud801',
        '\ufffd',
        '',
        'k'.repeat(10_000),
        'k'.repeat(10_001),
      ];
      const here = await Promise.all(
        keys.map((idempotencyKey) => createOne(repository(), aNewExecution({ workflowId, idempotencyKey }))),
      );
      const elsewhere = await createOne(repository(), aNewExecution({ idempotencyKey: 'k' }));
      const again = await Promise.all(
        keys.map((idempotencyKey) => createOne(repository(), aNewExecution({ workflowId, idempotencyKey }))),
      );

      expect(here.every(({ created }) => created)).toBe(true);
      expect(elsewhere.created).toBe(true);
      expect(again.map(({ execution }) => execution.id)).toEqual(here.map(({ execution }) => execution.id));
    });

    it('also answers when the repeated call brings the same id', async () => {
      const execution = aNewExecution({ idempotencyKey: 'retry of the very call' });
      await createOne(repository(), execution);
      expect(await createOne(repository(), execution)).toMatchObject({
        created: false,
        execution: { id: execution.id },
      });
    });
  });

  describe('find', () => {
    it.each([...impossibleIds, newId()])('finds nothing under the id %j', async (id) => {
      expect(await repository().find(id)).toBeUndefined();
      expect(await repository().journal(id, 0)).toEqual([]);
    });
  });
}
