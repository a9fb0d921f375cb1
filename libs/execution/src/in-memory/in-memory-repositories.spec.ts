import {
  describeDeadLettersContract,
  describeDefinitionRepositoryContract,
  describeExecutionRepositoryContract,
  newId,
} from '../../testing/index';
import { inMemoryRepositories } from './in-memory-repositories';

const ids = { next: newId };
const clock = { now: () => Date.now() };
const close = (): Promise<void> => Promise.resolve();

describeDefinitionRepositoryContract('in memory', async () => ({
  repository: inMemoryRepositories(ids, clock).definitions,
  close,
}));

describeExecutionRepositoryContract('in memory', async () => {
  const { definitions, executions } = inMemoryRepositories(ids, clock);
  return { repository: executions, definitions, close };
});

describeDeadLettersContract('in memory', async () => ({ ...inMemoryRepositories(ids, clock), close }));
