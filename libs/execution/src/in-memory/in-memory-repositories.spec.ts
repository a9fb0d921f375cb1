import {
  describeDeadLettersContract,
  describeDefinitionRepositoryContract,
  describeExecutionRepositoryContract,
  newId,
} from '../../testing/index';
import { InMemoryDeadLetters } from './in-memory-dead-letters';
import { InMemoryDefinitionRepository } from './in-memory-definition-repository';
import { InMemoryExecutionRepository } from './in-memory-execution-repository';

const ids = { next: newId };
const clock = { now: () => Date.now() };
const close = (): Promise<void> => Promise.resolve();

describeDefinitionRepositoryContract('in memory', async () => ({
  repository: new InMemoryDefinitionRepository(ids, clock),
  close,
}));

describeExecutionRepositoryContract('in memory', async () => ({
  repository: new InMemoryExecutionRepository(new InMemoryDeadLetters(ids)),
  close,
}));

describeDeadLettersContract('in memory', async () => {
  const deadLetters = new InMemoryDeadLetters(ids);
  return { deadLetters, executions: new InMemoryExecutionRepository(deadLetters), close };
});
