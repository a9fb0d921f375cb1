import type {
  ExecutionError,
  ExecutionStatus,
  Json,
  JournalEvent,
  LogLine,
  NodeStatus,
  TaskError,
} from '@workflow-engine/contracts';

import type { WorkflowGraph } from '../graph/workflow-graph';

/** One attempt, for the timeline and the inspector. Times are milliseconds since 1970. */
export interface Attempt {
  readonly attempt: number;
  readonly scheduledAt: number;
  deliveries: number;
  startedAt?: number;
  finishedAt?: number;
  /** Until when it waited for the next attempt. */
  backoffUntil?: number;
  outcome?: 'COMPLETED' | 'FAILED' | 'TIMED_OUT' | 'RETRY';
  worker?: string;
  error?: TaskError;
  logs: readonly LogLine[];
}

export interface NodeState {
  readonly id: string;
  status: NodeStatus;
  attempts: Attempt[];
  /** A delay node's wait. */
  waitingSince?: number;
  dueAt?: number;
  firstAt?: number;
  endedAt?: number;
  config?: Json;
  output?: Json;
  error?: TaskError;
  skippedBecause?: 'condition' | 'join';
}

export interface JournalState {
  status: ExecutionStatus;
  seq: number;
  /** Time of the last event. */
  at?: number;
  startedAt?: number;
  finishedAt?: number;
  input?: Json;
  output?: Json;
  error?: ExecutionError;
  readonly nodes: ReadonlyMap<string, NodeState>;
}

const terminal: ReadonlySet<NodeStatus> = new Set([
  'COMPLETED',
  'FAILED',
  'SKIPPED',
  'CANCELLED',
  'TIMED_OUT',
]);

/** The execution as it was after these events. Decides nothing: the same fold as the engine's `evolve`. */
export function foldJournal(graph: WorkflowGraph, events: readonly JournalEvent[]): JournalState {
  const nodes = new Map<string, NodeState>();
  for (const id of graph.nodes.keys()) nodes.set(id, { id, status: 'PENDING', attempts: [] });
  const state: JournalState = { status: 'PENDING', seq: 0, nodes };
  for (const event of events) {
    state.seq = event.seq;
    state.at = Date.parse(event.at);
    apply(state, event, graph);
  }
  return state;
}

function apply(state: JournalState, event: JournalEvent, graph: WorkflowGraph): void {
  const at = Date.parse(event.at);
  switch (event.type) {
    case 'ExecutionStarted':
      state.status = 'RUNNING';
      state.startedAt = at;
      state.input = event.input;
      return;
    case 'ExecutionPaused':
      state.status = 'PAUSED';
      return;
    case 'ExecutionResumed':
      state.status = 'RUNNING';
      return;
    case 'ExecutionRetried':
      return startAnew(state, event.node_ids, graph);
    case 'ExecutionCompleted':
      state.output = event.output;
      return end(state, 'COMPLETED', at);
    case 'ExecutionFailed':
      state.error = event.error;
      return end(state, 'FAILED', at);
    case 'ExecutionTimedOut':
      state.error = event.error;
      return end(state, 'TIMED_OUT', at);
    case 'ExecutionCancelled':
      return end(state, 'CANCELLED', at);
    default: {
      const node = event.node_id === undefined ? undefined : state.nodes.get(event.node_id);
      if (node !== undefined) applyToNode(node, event, at);
    }
  }
}

type NodeEvent = Exclude<JournalEvent, { readonly type: `Execution${string}` }>;

function applyToNode(node: NodeState, event: NodeEvent, at: number): void {
  node.firstAt ??= at;
  switch (event.type) {
    case 'TimerSet':
      node.dueAt = Date.parse(event.due_at);
      if (event.purpose === 'delay') {
        node.status = 'WAITING';
        node.waitingSince = at;
      }
      return;
    case 'NodeScheduled':
      node.status = 'SCHEDULED';
      delete node.error;
      delete node.dueAt;
      if (event.config !== undefined) node.config = event.config;
      node.attempts.push({ attempt: event.attempt, scheduledAt: at, deliveries: 1, logs: [] });
      return;
    case 'NodeStarted':
      node.status = 'RUNNING';
      noteOn(node, { startedAt: Date.parse(event.started_at), worker: event.worker });
      return;
    case 'TaskRedelivered':
      node.status = 'SCHEDULED';
      noteOn(node, { deliveries: event.delivery });
      return;
    case 'NodeParked':
      node.status = 'PARKED';
      node.error = event.error;
      return;
    case 'NodeUnparked':
      node.status = 'SCHEDULED';
      delete node.error;
      return;
    case 'RetryScheduled':
      node.status = 'WAITING';
      node.error = event.error;
      node.dueAt = Date.parse(event.due_at);
      noteOn(node, {
        ...reportOf(event, at),
        outcome: 'RETRY',
        error: event.error,
        backoffUntil: node.dueAt,
      });
      return;
    case 'NodeCompleted':
      node.output = event.output;
      delete node.error;
      noteOn(node, { ...reportOf(event, at), outcome: 'COMPLETED' });
      return endNode(node, 'COMPLETED', at);
    case 'NodeFailed':
      node.error = event.error;
      noteOn(node, { ...reportOf(event, at), outcome: event.status, error: event.error });
      return endNode(node, event.status, at);
    case 'NodeSkipped':
      node.skippedBecause = event.reason;
      return endNode(node, 'SKIPPED', at);
  }
}

type Report = Extract<NodeEvent, { readonly type: 'NodeCompleted' | 'NodeFailed' | 'RetryScheduled' }>;

function reportOf({ worker, started_at, logs }: Report, finishedAt: number): Partial<Attempt> {
  return {
    finishedAt,
    ...(worker !== undefined && { worker }),
    ...(started_at !== undefined && { startedAt: Date.parse(started_at) }),
    ...(logs !== undefined && { logs }),
  };
}

function noteOn(node: NodeState, facts: Partial<Attempt>): void {
  const attempt = node.attempts.at(-1);
  if (attempt === undefined) return;
  // A worker may have gone on with a task by itself, before that was scheduled.
  const { startedAt = Infinity } = facts;
  Object.assign(attempt, facts, { scheduledAt: Math.min(attempt.scheduledAt, startedAt) });
  node.firstAt = Math.min(node.firstAt ?? Infinity, startedAt);
}

function endNode(node: NodeState, status: NodeStatus, at: number): void {
  node.status = status;
  node.endedAt = at;
  delete node.dueAt;
}

/** Whatever is still open is cancelled. */
function end(state: JournalState, status: ExecutionStatus, at: number): void {
  state.status = status;
  state.finishedAt = at;
  for (const node of state.nodes.values()) {
    if (terminal.has(node.status)) continue;
    // What never began has no end in time either.
    if (node.firstAt !== undefined) node.endedAt = at;
    node.status = 'CANCELLED';
    delete node.dueAt;
  }
}

/** Cancelled nodes, the given ones and everything downstream of them are PENDING again. */
function startAnew(state: JournalState, ids: readonly string[], graph: WorkflowGraph): void {
  state.status = 'RUNNING';
  delete state.finishedAt;
  delete state.error;
  delete state.output;
  const anew = new Set(ids);
  for (const node of state.nodes.values()) if (node.status === 'CANCELLED') anew.add(node.id);
  // A set is iterated in insertion order, members added on the way included: a breadth-first walk.
  for (const id of anew) for (const dependent of graph.dependents.get(id) ?? []) anew.add(dependent);
  for (const id of anew) {
    const node = state.nodes.get(id);
    if (node === undefined) continue;
    node.status = 'PENDING';
    delete node.output;
    delete node.error;
    delete node.endedAt;
    delete node.skippedBecause;
  }
}

export function isTerminalNode(status: NodeStatus): boolean {
  return terminal.has(status);
}
