export type {
  Cancel,
  Command,
  Pause,
  Resume,
  Rerun,
  Retry,
  TaskFailed,
  TaskLost,
  TaskOutcome,
  TaskStarted,
  TaskSucceeded,
  TimerFired,
  Trigger,
  Unpark,
} from './decider/commands';
export type { AttemptReport, ExecutionError, Fact, JournalEvent, LogLine, TaskError } from './decider/events';
export { CONTROL_HANDLERS } from './decider/control-nodes';
export { EXECUTION_STATUSES, NODE_STATUSES, isTerminal, isTerminalNode } from './decider/status';
export type { ExecutionStatus, NodeStatus, TerminalStatus } from './decider/status';
export {
  DuplicateExecutionError,
  EngineError,
  IdempotencyConflictError,
  InvalidCursorError,
  InvalidDocumentError,
  NotFoundError,
  OutdatedVersionError,
  OverloadedError,
  UnavailableError,
  WrongStateError,
} from './errors';
export { inMemoryRepositories } from './in-memory/in-memory-repositories';
export type { InMemoryRepositories } from './in-memory/in-memory-repositories';
export type {
  AttemptView,
  DefinitionCheck,
  EngineApi,
  ExecutionView,
  NodeDetails,
  Progress,
  QueueStatus,
  QueuesView,
  ResultsView,
  StartRequest,
  StatisticsView,
} from './journey/engine-api';
export type { ArchiveOutbox, OutboxBatch, OutboxSlice, TakeRequest } from './ports/archive-outbox';
export type { Clock, Ids, Random } from './ports/clock';
export type { DeadLetter, DeadLetters } from './ports/dead-letters';
export type {
  DefinitionRepository,
  DefinitionSummary,
  Page,
  PageRequest,
  RegisteredDefinition,
} from './ports/definition-repository';
export type { EventStream, InboundEntry, Offset, ReadRequest } from './ports/event-stream';
export type { ExecutionFeed } from './ports/execution-feed';
export type {
  ArchiveEntry,
  CreatedExecution,
  ExecutionFilter,
  ExecutionRecord,
  ExecutionRepository,
  NewDeadLetter,
  NewExecution,
  Throughput,
  ThroughputRequest,
  TimelineBegin,
  TriggerResult,
} from './ports/execution-repository';
export { THROUGHPUT_KEPT_MS, THROUGHPUT_RESOLUTION_MS } from './ports/execution-repository';
export type {
  CommitBatch,
  DueTimers,
  ExecutionStore,
  Fenced,
  FollowedTask,
  HotPosition,
  JournalSlice,
  Overtaken,
  PartitionProgress,
  Timer,
  TimerRef,
} from './ports/execution-store';
export type { PartitionLease, PartitionLeases } from './ports/partition-leases';
export type { RateDecision, RateLimiter } from './ports/rate-limiter';
export type { SchemaValidator } from './ports/schema-validator';
export type { Secrets } from './ports/secrets';
export { TaskFailure } from './ports/task-handler';
export type {
  HandlerCatalog,
  HandlerDescription,
  TaskContext,
  TaskHandler,
  TaskLog,
} from './ports/task-handler';
export type {
  ClaimRequest,
  ClaimedFollowUp,
  ClaimedTask,
  FollowUp,
  FollowUpPlan,
  QueueDepth,
  SettledTask,
  Task,
  TaskQueue,
  TaskRef,
  Unsubscribe,
} from './ports/task-queue';
export type { KnownWorker, TaskInWork, WorkerDescription, WorkerDirectory } from './ports/worker-directory';
export { createEmbeddedEngine } from './embedded/embedded-engine';
export type { EmbeddedEngine, EmbeddedEngineOptions, EngineGauges } from './embedded/embedded-engine';
export { createInMemoryEngine } from './embedded/in-memory-engine';
export type { InMemoryEngineOptions } from './embedded/in-memory-engine';
export { createEngineApi } from './journey/create-engine-api';
export type { ApiPorts } from './journey/ports';
export type { Log, LogFields } from './ports/log';
export { silentLog } from './ports/log';
export { eventRuns } from './event-runs';
export { JournalSection } from './journal-section';
export { partitionOf, partitionedIds } from './partition';
export { InMemoryRateLimiter } from './in-memory/in-memory-rate-limiter';
export { systemClock, uuidV7Ids } from './in-memory/system';
export type { WorkerPorts } from './journey/worker';
export type { HotPorts } from './embedded/in-memory-hot-ports';
export { Archiver } from './journey/archiver';
export type { ArchiverOptions, ArchiverPorts } from './journey/archiver';
export { Orchestrator } from './journey/orchestrator';
export type { OrchestratorPorts } from './journey/orchestrator';
export { Reaper } from './journey/reaper';
export type { ReaperPorts } from './journey/reaper';
export { Recovery } from './journey/recovery';
export type { RecoveryOptions, RecoveryPorts } from './journey/recovery';
export { Worker } from './journey/worker';
export type { WorkerOptions } from './journey/worker';
