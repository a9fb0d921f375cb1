import type { Clock, Ids } from '../ports/clock';
import { InMemoryDeadLetters } from './in-memory-dead-letters';
import { InMemoryDefinitionRepository } from './in-memory-definition-repository';
import { InMemoryExecutionRepository } from './in-memory-execution-repository';

/** A system of record, empty at first. */
export interface InMemoryRepositories {
  readonly deadLetters: InMemoryDeadLetters;
  readonly definitions: InMemoryDefinitionRepository;
  readonly executions: InMemoryExecutionRepository;
}

export function inMemoryRepositories(ids: Ids, clock: Pick<Clock, 'now'>): InMemoryRepositories {
  const deadLetters = new InMemoryDeadLetters(ids);
  const definitions = new InMemoryDefinitionRepository(ids, clock);
  return { deadLetters, definitions, executions: new InMemoryExecutionRepository(deadLetters, definitions) };
}
