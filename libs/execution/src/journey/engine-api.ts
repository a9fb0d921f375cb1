import type { Fault, Json } from '@workflow-engine/dag';

import type { AttemptReport, ExecutionError, JournalEvent, TaskError } from '../decider/events';
import type { ExecutionStatus, NodeStatus } from '../decider/status';
import type { DeadLetter } from '../ports/dead-letters';
import type {
  DefinitionSummary,
  Page,
  PageRequest,
  RegisteredDefinition,
} from '../ports/definition-repository';
import type {
  CreatedExecution,
  ExecutionFilter,
  ExecutionRecord,
  Throughput,
} from '../ports/execution-repository';
import type { HandlerDescription } from '../ports/task-handler';
import type { QueueDepth } from '../ports/task-queue';
import type { KnownWorker } from '../ports/worker-directory';

/**
 * What people can ask of the engine, whichever way they reach it. Faults are {@link EngineError}s:
 * `InvalidDocumentError`, `NotFoundError`, `WrongStateError`, `IdempotencyConflictError`, `UnavailableError`.
 */
export interface EngineApi {
  /** What a node's `handler` may say: the control handlers, and those that workers offer. */
  handlers(): readonly HandlerDescription[];
  /** Checks without registering. */
  validate(document: unknown): Promise<DefinitionCheck>;
  /** Registers the definition; the same content is the same version. */
  register(document: unknown): Promise<RegisteredDefinition & { readonly created: boolean }>;
  definition(name: string, version?: number): Promise<RegisteredDefinition>;
  definitions(page: PageRequest): Promise<Page<DefinitionSummary>>;
  definitionVersions(name: string, page: PageRequest): Promise<Page<DefinitionSummary>>;

  /** Registers the definition and creates a PENDING execution of it. */
  submit(document: unknown): Promise<ExecutionRecord>;
  /** Starts a PENDING execution. When it returns, the execution will finish, whatever dies. */
  trigger(executionId: string, input: unknown): Promise<ExecutionRecord>;
  /** Creates and triggers executions of a registered definition; all or none. */
  start(name: string, requests: readonly StartRequest[]): Promise<readonly CreatedExecution[]>;

  status(executionId: string): Promise<ExecutionView>;
  results(executionId: string): Promise<ResultsView>;
  node(executionId: string, nodeId: string): Promise<NodeDetails>;
  /** The journal after a position, at most `limit` events. */
  events(executionId: string, afterSeq: number, limit: number): Promise<readonly JournalEvent[]>;
  /** The journal after a position and then live; ends when the execution is terminal or the signal aborts. */
  follow(executionId: string, afterSeq: number, signal: AbortSignal): AsyncIterable<readonly JournalEvent[]>;
  /** Resolves when the execution is terminal, at the latest after `timeoutMs`, with the status then. */
  wait(executionId: string, timeoutMs: number, signal?: AbortSignal): Promise<ExecutionView>;
  search(filter: ExecutionFilter, page: PageRequest): Promise<Page<ExecutionRecord>>;

  /** These resolve once the change is visible (or after two seconds at most) with the status then. */
  cancel(executionId: string, reason?: string): Promise<ExecutionView>;
  pause(executionId: string): Promise<ExecutionView>;
  resume(executionId: string): Promise<ExecutionView>;
  /** From the failed nodes on. */
  retry(executionId: string): Promise<ExecutionView>;
  /** From one node on, of an execution that has ended. */
  rerun(executionId: string, nodeId: string): Promise<ExecutionView>;

  deadLetters(page: PageRequest): Promise<Page<DeadLetter>>;
  deadLetter(id: string): Promise<DeadLetter>;
  /** Revives the execution it belongs to; a parked task goes out again. */
  retryDeadLetter(id: string): Promise<ExecutionView>;
  /** A parked task fails; an execution that is over stays as it is. */
  discardDeadLetter(id: string): Promise<void>;

  /** What the system of record has of the last `windowMs`, at most `THROUGHPUT_KEPT_MS`. */
  statistics(windowMs: number): Promise<StatisticsView>;
  /** What is under way, as the hot store has it. */
  queues(): Promise<QueuesView>;
  workers(): Promise<readonly KnownWorker[]>;
}

/** Times are ISO 8601. */
export interface StatisticsView {
  /** When the first interval begins and the last one, which is not over yet, ends. */
  readonly since: string;
  readonly until: string;
  /** There are now, by status; 1,000 stands for as many or more. */
  readonly executions: Readonly<Record<ExecutionStatus, number>>;
  /** The same. */
  readonly deadLetters: number;
  /** Of equal length, in order. */
  readonly intervals: readonly (Throughput & { readonly start: string })[];
}

export interface QueuesView {
  readonly queues: readonly QueueStatus[];
  /** See `ArchiveOutbox.lag`. */
  readonly archiveLag: number;
}

export interface QueueStatus extends Omit<QueueDepth, 'queue'> {
  readonly name: string;
  /** How many serve it. */
  readonly workers: number;
}

export type DefinitionCheck =
  | { readonly valid: true; readonly nodeCount: number; readonly edgeCount: number }
  | { readonly valid: false; readonly faults: readonly Fault[] };

export interface StartRequest {
  readonly input: unknown;
  readonly version?: number;
  readonly idempotencyKey?: string;
}

export interface ExecutionView {
  readonly executionId: string;
  readonly workflowId: string;
  readonly name: string;
  readonly version: number;
  readonly status: ExecutionStatus;
  readonly progress: Progress;
  readonly nodeStatuses: ReadonlyMap<string, NodeStatus>;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly error: ExecutionError | null;
}

export interface Progress {
  readonly total: number;
  /** Terminal nodes, whatever their end. */
  readonly finished: number;
  /** `finished / total` in percent, rounded down. */
  readonly percent: number;
}

export interface ResultsView {
  readonly executionId: string;
  readonly status: ExecutionStatus;
  /** Null until the execution is COMPLETED. */
  readonly output: Json;
  /** Of every node that has one. */
  readonly outputs: ReadonlyMap<string, Json>;
  readonly error: ExecutionError | null;
}

export interface NodeDetails {
  readonly executionId: string;
  readonly nodeId: string;
  readonly handler: string;
  readonly status: NodeStatus;
  readonly dependencies: readonly string[];
  /** With its templates resolved (secrets stay references); null before the node was scheduled. */
  readonly config: Json;
  readonly output: Json;
  readonly error: TaskError | null;
  readonly attempts: readonly AttemptView[];
  readonly scheduledAt: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** When a waiting node goes on. */
  readonly dueAt: string | null;
}

export interface AttemptView extends AttemptReport {
  readonly attempt: number;
  readonly deliveries: number;
  readonly scheduled_at: string;
  readonly finished_at: string | null;
  readonly error: TaskError | null;
}
