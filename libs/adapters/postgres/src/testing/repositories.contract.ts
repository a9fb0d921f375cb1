import { afterAll, beforeAll } from '@jest/globals';
import {
  describeDeadLettersContract,
  describeDefinitionRepositoryContract,
  describeExecutionRepositoryContract,
} from '@workflow-engine/execution/testing';

import { PostgresDeadLetters } from '../postgres-dead-letters';
import { PostgresDefinitionRepository } from '../postgres-definition-repository';
import { PostgresExecutionRepository } from '../postgres-execution-repository';
import type { TestDatabase } from './databases';

/** The contracts of all repositories, on one database. */
export function describeRepositories(server: string, open: () => Promise<TestDatabase>): void {
  let opened: TestDatabase;
  const close = (): Promise<void> => Promise.resolve();

  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.close());

  describeDefinitionRepositoryContract(server, async () => ({
    repository: new PostgresDefinitionRepository(opened.database),
    close,
  }));

  describeExecutionRepositoryContract(server, async () => ({
    repository: new PostgresExecutionRepository(opened.database),
    definitions: new PostgresDefinitionRepository(opened.database),
    close,
  }));

  describeDeadLettersContract(server, async () => ({
    deadLetters: new PostgresDeadLetters(opened.database),
    executions: new PostgresExecutionRepository(opened.database),
    close,
  }));
}
