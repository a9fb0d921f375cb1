import { evolve } from '../decider/evolve';
import type { JournalEvent } from '../decider/events';
import { idOf, newState, statusOf } from '../decider/state';
import type { ExecutionState } from '../decider/state';
import { isTerminal, isTerminalNode } from '../decider/status';
import type { ExecutionStatus, NodeStatus } from '../decider/status';
import { NotFoundError } from '../errors';
import type { DefinitionRepository } from '../ports/definition-repository';
import type { ExecutionRecord, ExecutionRepository } from '../ports/execution-repository';
import type { ExecutionStore } from '../ports/execution-store';
import type { CompiledWorkflow } from '../workflow/compiled-workflow';
import type { ExecutionView } from './engine-api';
import { readJournal } from './journal-reader';
import { Workflows } from './workflows';

/** Nodes of all folded executions held for reading, about 1.2 KB each; the one read least recently goes first. */
const MAX_CACHED_NODES = 100_000;

/** What the record and the journal together say about an execution. */
export interface FoldedExecution {
  readonly record: ExecutionRecord;
  readonly state: ExecutionState;
}

interface Cached extends FoldedExecution {
  /** The event that was folded last: the hot store may forget it, and then the journal takes another way from there. */
  last: JournalEvent | undefined;
}

interface ViewPorts {
  readonly definitions: DefinitionRepository;
  readonly executions: ExecutionRepository;
  readonly store: ExecutionStore;
}

/** Folds journals for reading. Keeps what it folded, so that the next look costs only what has happened since. */
export class ExecutionViews {
  private readonly cache = new Map<string, Cached>();
  private readonly workflows: Workflows;
  private cachedNodes = 0;

  constructor(private readonly ports: ViewPorts) {
    this.workflows = new Workflows(ports.definitions);
  }

  /** @throws NotFoundError */
  async fold(executionId: string): Promise<FoldedExecution> {
    const cached = this.cache.get(executionId);
    if (cached?.last === undefined) return this.foldAnew(executionId);
    const { last } = cached;
    const [same, ...news] = await readJournal(this.ports, executionId, last.seq - 1);
    if (same === undefined || !isSameEvent(same, last)) return this.foldAnew(executionId);
    // Once an execution has started, its journal says everything that can still change.
    return this.keep(executionId, cached, news);
  }

  /** What an execution that has no journal yet is going to run. */
  workflowOf({ workflowId, version }: ExecutionRecord): Promise<CompiledWorkflow> {
    return this.workflows.orRemains(workflowId, version, []);
  }

  private async foldAnew(executionId: string): Promise<FoldedExecution> {
    const record = await this.record(executionId);
    const news = await readJournal(this.ports, executionId, 0);
    const workflow = await this.workflows.orRemains(record.workflowId, record.version, news);
    return this.keep(executionId, { record, state: newState(executionId, workflow), last: undefined }, news);
  }

  async record(executionId: string): Promise<ExecutionRecord> {
    const record = await this.ports.executions.find(executionId);
    if (record !== undefined) return record;
    throw new NotFoundError('EXECUTION_NOT_FOUND', `there is no execution "${shortened(executionId)}"`);
  }

  private keep(executionId: string, folded: Cached, news: readonly JournalEvent[]): FoldedExecution {
    for (const event of news) {
      // Somebody else may have folded the same events while we read.
      if (event.seq !== folded.state.seq + 1) continue;
      evolve(folded.state, event);
      folded.last = event;
    }
    const before = this.cache.get(executionId);
    this.cache.delete(executionId);
    this.cache.set(executionId, folded);
    this.cachedNodes += folded.state.nodeStatus.length - (before?.state.nodeStatus.length ?? 0);
    for (const [oldest, { state }] of this.cache) {
      if (this.cachedNodes <= MAX_CACHED_NODES || oldest === executionId) break;
      this.cache.delete(oldest);
      this.cachedNodes -= state.nodeStatus.length;
    }
    return folded;
  }
}

/** Of two histories of one execution, where they have parted. */
function isSameEvent(one: JournalEvent, other: JournalEvent): boolean {
  return one.seq === other.seq && one.at === other.at && one.type === other.type;
}

/** The journal may be ahead of the record; before the first event the record is all there is. */
export function currentStatus({ record, state }: FoldedExecution): ExecutionStatus {
  return state.seq === 0 ? record.status : state.status;
}

export function viewOf(folded: FoldedExecution): ExecutionView {
  const { record, state } = folded;
  const status = currentStatus(folded);
  const nodeStatuses = new Map<string, NodeStatus>();
  const neverRan = state.seq === 0 && isTerminal(status);
  let finished = 0;
  for (let node = 0; node < state.nodeStatus.length; node++) {
    const nodeStatus = neverRan ? 'CANCELLED' : statusOf(state, node);
    if (isTerminalNode(nodeStatus)) finished += 1;
    nodeStatuses.set(idOf(state, node), nodeStatus);
  }
  const total = nodeStatuses.size;
  return {
    executionId: record.id,
    workflowId: record.workflowId,
    name: record.name,
    version: record.version,
    status,
    progress: { total, finished, percent: total === 0 ? 0 : Math.floor((finished / total) * 100) },
    nodeStatuses,
    labels: record.labels,
    createdAt: record.createdAt,
    startedAt: record.startedAt ?? (state.startedAt === '' ? null : state.startedAt),
    finishedAt: state.seq === 0 ? record.finishedAt : (state.finishedAt ?? null),
    error: state.seq === 0 ? record.error : (state.error ?? null),
  };
}

/** The node's index. @throws NotFoundError */
export function nodeOf({ record, state }: FoldedExecution, nodeId: string): number {
  const node = state.workflow.graph.indexOf(nodeId);
  if (node !== undefined) return node;
  throw new NotFoundError('NODE_NOT_FOUND', `workflow "${record.name}" has no node "${shortened(nodeId)}"`);
}

export function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
