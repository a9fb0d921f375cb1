export type { DeadLetter } from './dead-letter';
export type {
  BulkStarted,
  BulkStartItem,
  BulkStartRequest,
  DefinitionCheck,
  DefinitionDocument,
  DefinitionSummary,
  StartedExecution,
  StartRequest,
} from './definition';
export type {
  CancelRequest,
  ExecutionError,
  ExecutionResults,
  ExecutionState,
  ExecutionSummary,
  LogLine,
  NodeAttempt,
  NodeDetails,
  Progress,
  SubmittedExecution,
  TaskError,
  TriggeredExecution,
  TriggerRequest,
} from './execution';
export type { HealthReport } from './health';
export { TERMINAL_EVENTS } from './journal';
export type { AttemptReport, ExecutionEvent, JournalEvent, NodeEvent, SecretSlot, TimerSet } from './journal';
export type { Json, JsonObject } from './json';
export type {
  Queue,
  Queues,
  Statistics,
  StatisticsInterval,
  TaskInWork,
  Workers,
  WorkerSummary,
} from './monitoring';
export type { Page } from './page';
export { PROBLEM_STATUS } from './problem';
export type { Problem, ProblemCode, ProblemFault } from './problem';
export { EXECUTION_STATUSES, NODE_STATUSES } from './status';
export type { ExecutionStatus, NodeStatus } from './status';
