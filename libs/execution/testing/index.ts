export { describeArchiveOutboxContract } from './archive-outbox.contract';
export {
  aDefinition,
  anArchiveEntry,
  aNewExecution,
  awkwardJson,
  newId,
  newName,
  someEvents,
  someTimeline,
} from './builders';
export { createOne } from './create-one';
export { type DeadLettersFixture, describeDeadLettersContract } from './dead-letters.contract';
export {
  type DefinitionRepositoryFixture,
  describeDefinitionRepositoryContract,
} from './definition-repository.contract';
export { describeEventStreamContract } from './event-stream.contract';
export { describeExecutionFeedContract } from './execution-feed.contract';
export {
  describeExecutionRepositoryContract,
  type ExecutionRepositoryFixture,
} from './execution-repository.contract';
export { describeExecutionStoreContract } from './execution-store.contract';
export {
  aBatch,
  aLease,
  aTask,
  commitNext,
  type HotPortsFixture,
  type HotPortsSetup,
  succeeded,
  takeFrom,
} from './hot-ports';
export { allPages, foreignCursors, impossibleIds } from './paging';
export { describePartitionLeasesContract } from './partition-leases.contract';
export { describeTaskQueueContract } from './task-queue.contract';
export { describeWorkerDirectoryContract } from './worker-directory.contract';
export { rateLimiterContract, type RateLimiterUnderTest } from './rate-limiter.contract';
export { settled, VirtualClock } from './virtual-clock';
export { chain, compiled, control, fanOutFanIn, layers, task, workflowOf } from './workflows';
