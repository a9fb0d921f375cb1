import type { DeadLetters, DefinitionRepository, ExecutionRepository } from '@workflow-engine/execution';
import type { DatabaseOptions } from '@workflow-engine/postgres';

export interface Repositories {
  readonly definitions: DefinitionRepository;
  readonly executions: ExecutionRepository;
  readonly deadLetters: DeadLetters;
}

export interface OpenRepositories {
  readonly repositories: Repositories;
  /** Resolves when the database answers. */
  readonly ping: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * The system of record on a database, embedded or not. Only whoever opens one loads what it takes: for a worker, which
 * has none, that would be half of its code.
 */
export async function openRepositories(options: DatabaseOptions): Promise<OpenRepositories> {
  const { openDatabase, ...postgres } = await import('@workflow-engine/postgres');
  const database = await openDatabase(options);
  return {
    repositories: {
      definitions: new postgres.PostgresDefinitionRepository(database),
      executions: new postgres.PostgresExecutionRepository(database),
      deadLetters: new postgres.PostgresDeadLetters(database),
    },
    ping: () => database.ping(),
    close: () => database.close(),
  };
}
