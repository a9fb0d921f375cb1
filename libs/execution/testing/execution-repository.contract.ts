import { afterAll, beforeAll, describe } from '@jest/globals';

import type { DefinitionRepository } from '../src/ports/definition-repository';
import type { ExecutionRepository } from '../src/ports/execution-repository';
import { describeArchive } from './execution-repository/archive';
import { describeCreate } from './execution-repository/create';
import { describeCreateOfNewest } from './execution-repository/create-of-newest';
import { describeLists } from './execution-repository/lists';
import { describeThroughput } from './execution-repository/throughput';
import { describeTrigger } from './execution-repository/trigger';

export interface ExecutionRepositoryFixture {
  readonly repository: ExecutionRepository;
  /** In the same store. */
  readonly definitions: DefinitionRepository;
  close(): Promise<void>;
}

export function describeExecutionRepositoryContract(
  adapter: string,
  setup: () => Promise<ExecutionRepositoryFixture>,
): void {
  describe(`ExecutionRepository: ${adapter}`, () => {
    let fixture: ExecutionRepositoryFixture;

    beforeAll(async () => {
      fixture = await setup();
    }, 60_000);
    afterAll(() => fixture.close());

    const repository = (): ExecutionRepository => fixture.repository;
    describeCreate(repository);
    describeCreateOfNewest(() => fixture);
    describeTrigger(repository);
    describeLists(repository);
    describeArchive(repository);
    describeThroughput(repository);
  });
}
