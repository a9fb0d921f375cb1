import type { DeadLetters, DefinitionRepository, ExecutionRepository } from '@workflow-engine/execution';
import {
  type Database,
  PostgresDeadLetters,
  PostgresDefinitionRepository,
  PostgresExecutionRepository,
} from '@workflow-engine/postgres';

export interface Repositories {
  readonly definitions: DefinitionRepository;
  readonly executions: ExecutionRepository;
  readonly deadLetters: DeadLetters;
}

/** The system of record on a database, embedded or not. */
export function repositoriesOn(database: Database): Repositories {
  return {
    definitions: new PostgresDefinitionRepository(database),
    executions: new PostgresExecutionRepository(database),
    deadLetters: new PostgresDeadLetters(database),
  };
}
