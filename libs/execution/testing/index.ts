export {
  aDefinition,
  anArchiveEntry,
  aNewExecution,
  awkwardJson,
  newId,
  newName,
  someEvents,
} from './builders';
export { createOne } from './create-one';
export { type DeadLettersFixture, describeDeadLettersContract } from './dead-letters.contract';
export {
  type DefinitionRepositoryFixture,
  describeDefinitionRepositoryContract,
} from './definition-repository.contract';
export {
  describeExecutionRepositoryContract,
  type ExecutionRepositoryFixture,
} from './execution-repository.contract';
export { allPages, foreignCursors, impossibleIds } from './paging';
