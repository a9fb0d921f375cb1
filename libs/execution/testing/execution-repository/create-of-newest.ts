import { describe, expect, it } from '@jest/globals';

import { OutdatedVersionError } from '../../src/errors';
import type { DefinitionRepository, RegisteredDefinition } from '../../src/ports/definition-repository';
import type { ExecutionRepository, NewExecution } from '../../src/ports/execution-repository';
import { aDefinition, aNewExecution } from '../builders';

interface Repositories {
  readonly repository: ExecutionRepository;
  readonly definitions: DefinitionRepository;
}

export function describeCreateOfNewest(repositories: () => Repositories): void {
  describe('createOfNewest', () => {
    const executionOf = (
      { workflowId, version, name }: RegisteredDefinition,
      more: Partial<NewExecution> = {},
    ): NewExecution => aNewExecution({ workflowId, version, name, ...more });

    it('makes executions of the newest version, with and without keys', async () => {
      const { repository, definitions } = repositories();
      const newest = await definitions.register(aDefinition());
      const executions = [executionOf(newest), executionOf(newest, { idempotencyKey: 'key' })];

      const created = await repository.createOfNewest(executions);
      expect(created.map(({ execution, created: isNew }) => [execution.id, isNew])).toEqual(
        executions.map(({ id }) => [id, true]),
      );
      const [again] = await repository.createOfNewest([executionOf(newest, { idempotencyKey: 'key' })]);
      expect(again).toMatchObject({ created: false, execution: { id: executions[1]?.id } });
    });

    it('makes none of an older one, and what is asked for at the same time all the same', async () => {
      const { repository, definitions } = repositories();
      const older = await definitions.register(aDefinition());
      const newer = await definitions.register({ ...older.definition, description: 'changed' });
      const refused = [executionOf(older), executionOf(older, { idempotencyKey: 'key' })];
      const [asked, ofNewer, ofOther] = [executionOf(older), executionOf(newer), executionOf(older)];

      const calls = await Promise.allSettled([
        repository.createOfNewest(refused),
        repository.create([asked]),
        repository.createOfNewest([ofNewer]),
        repository.createOfNewest([ofOther]),
      ]);
      expect(calls.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'rejected']);
      expect(calls[0]).toMatchObject({ reason: expect.any(OutdatedVersionError) as unknown });
      const ids = [...refused, asked, ofNewer, ofOther].map(({ id }) => id);
      const found = await Promise.all(ids.map((id) => repository.find(id)));
      expect(found.map((record) => record?.version)).toEqual([undefined, undefined, 1, 2, undefined]);
    });
  });
}
