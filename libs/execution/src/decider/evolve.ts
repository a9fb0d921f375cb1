import type { ExecutionRetried, JournalEvent } from './events';
import { isTerminalNode } from './status';
import type { ExecutionStatus, NodeStatus } from './status';
import { EXECUTION_TIMER, at, newState, predecessorsOf, setStatus, statusOf, successorsOf } from './state';
import type { ExecutionState } from './state';
import type { CompiledWorkflow } from '../workflow/compiled-workflow';

/** Folds a whole journal. The same journal gives the same state, whatever today's `decide` would do. */
export function replay(
  executionId: string,
  workflow: CompiledWorkflow,
  journal: readonly JournalEvent[],
): ExecutionState {
  const state = newState(executionId, workflow);
  for (const event of journal) evolve(state, event);
  return state;
}

/** Applies a fact. Makes no decision. */
export function evolve(state: ExecutionState, event: JournalEvent): void {
  state.seq = event.seq;
  switch (event.type) {
    case 'ExecutionStarted':
      state.status = 'RUNNING';
      state.input = event.input;
      state.startedAt = event.at;
      return;
    case 'ExecutionPaused':
      state.status = 'PAUSED';
      return;
    case 'ExecutionResumed':
      state.status = 'RUNNING';
      return;
    case 'ExecutionRetried':
      return startAnew(state, event);
    case 'ExecutionCompleted':
      state.output = event.output;
      return end(state, 'COMPLETED', event.at);
    case 'ExecutionFailed':
      state.error = event.error;
      return end(state, 'FAILED', event.at);
    case 'ExecutionTimedOut':
      state.error = event.error;
      return end(state, 'TIMED_OUT', event.at);
    case 'ExecutionCancelled':
      return end(state, 'CANCELLED', event.at);
    case 'TimerSet':
      return setTimer(state, event);
    default:
      evolveNode(state, event);
  }
}

type NodeEvent = Extract<JournalEvent, { readonly node_id: string }>;

function evolveNode(state: ExecutionState, event: NodeEvent): void {
  const node = state.workflow.graph.indexOf(event.node_id);
  if (node === undefined) return;
  switch (event.type) {
    case 'NodeScheduled':
      setStatus(state, node, 'SCHEDULED');
      state.attempt[node] = event.attempt;
      state.delivery[node] = 1;
      state.losses[node] = 0;
      state.dueAt.delete(node);
      state.errors.delete(node);
      if (event.config !== undefined) {
        state.taskConfigs.set(node, { config: event.config, secrets: event.secrets ?? [] });
      }
      return;
    case 'NodeStarted':
      setStatus(state, node, 'RUNNING');
      state.dueAt.delete(node);
      return;
    case 'TaskRedelivered':
      setStatus(state, node, 'SCHEDULED');
      state.delivery[node] = event.delivery;
      if (event.reason === 'worker_lost') state.losses[node] = at(state.losses, node) + 1;
      return;
    case 'NodeParked':
      setStatus(state, node, 'PARKED');
      state.parked.set(node, event.seq);
      state.errors.set(node, event.error);
      state.dueAt.delete(node);
      return;
    case 'NodeUnparked':
      setStatus(state, node, 'SCHEDULED');
      state.parked.delete(node);
      state.errors.delete(node);
      return;
    case 'RetryScheduled':
      setStatus(state, node, 'WAITING');
      state.errors.set(node, event.error);
      state.dueAt.set(node, Date.parse(event.due_at));
      return;
    case 'NodeCompleted':
      state.outputs[node] = event.output;
      state.errors.delete(node);
      return endNode(state, node, 'COMPLETED');
    case 'NodeFailed':
      state.errors.set(node, event.error);
      if (event.tolerated) state.tolerated.add(node);
      return endNode(state, node, event.status);
    case 'NodeSkipped':
      return endNode(state, node, 'SKIPPED');
  }
}

function setTimer(state: ExecutionState, event: Extract<JournalEvent, { type: 'TimerSet' }>): void {
  const node = event.node_id === undefined ? EXECUTION_TIMER : state.workflow.graph.indexOf(event.node_id);
  if (node === undefined) return;
  state.dueAt.set(node, Date.parse(event.due_at));
  if (event.purpose === 'delay') setStatus(state, node, 'WAITING');
}

function endNode(state: ExecutionState, node: number, status: NodeStatus): void {
  setStatus(state, node, status);
  state.open -= 1;
  state.taskConfigs.delete(node);
  state.dueAt.delete(node);
  for (const successor of successorsOf(state, node)) {
    state.pendingDependencies[successor] = at(state.pendingDependencies, successor) - 1;
    countEnd(state, node, successor);
  }
}

/** Counts the terminal `node` at one of its dependents. */
function countEnd(state: ExecutionState, node: number, successor: number): void {
  const ended = dependencyEnd(state, node);
  if (ended === 'skipped') return;
  const counter = ended === 'succeeded' ? state.succeededDependencies : state.failedDependencies;
  counter[successor] = at(counter, successor) + 1;
}

/** How a terminal node counts for its dependents. */
function dependencyEnd(state: ExecutionState, node: number): 'succeeded' | 'failed' | 'skipped' {
  const status = statusOf(state, node);
  if (status === 'COMPLETED' || state.tolerated.has(node)) return 'succeeded';
  return status === 'SKIPPED' ? 'skipped' : 'failed';
}

/** Whatever is still open is cancelled; nothing depends on it any more, so counters stay as they are. */
function end(state: ExecutionState, status: ExecutionStatus, finishedAt: string): void {
  state.status = status;
  state.finishedAt = finishedAt;
  state.dueAt.clear();
  state.taskConfigs.clear();
  if (state.open === 0) return;
  for (let node = 0; node < state.nodeStatus.length; node++) {
    if (!isTerminalNode(statusOf(state, node))) setStatus(state, node, 'CANCELLED');
  }
  state.open = 0;
}

/** Cancelled nodes, the given ones and everything downstream of them are PENDING again. */
function startAnew(state: ExecutionState, event: ExecutionRetried): void {
  state.status = 'RUNNING';
  state.finishedAt = undefined;
  state.output = null;
  state.error = undefined;
  const anew = nodesToStartAnew(state, event);
  for (const node of anew) {
    setStatus(state, node, 'PENDING');
    state.outputs[node] = undefined;
    state.errors.delete(node);
    state.tolerated.delete(node);
    state.attemptBase[node] = at(state.attempt, node);
  }
  for (const node of anew) recountDependencies(state, node);
  state.open = anew.size;
}

function nodesToStartAnew(state: ExecutionState, event: ExecutionRetried): ReadonlySet<number> {
  const anew = new Set<number>();
  for (const id of event.node_ids) {
    const node = state.workflow.graph.indexOf(id);
    if (node !== undefined) anew.add(node);
  }
  for (let node = 0; node < state.nodeStatus.length; node++) {
    if (statusOf(state, node) === 'CANCELLED') anew.add(node);
  }
  // A set is iterated in insertion order, members added on the way included: a breadth-first walk.
  for (const node of anew) for (const successor of successorsOf(state, node)) anew.add(successor);
  return anew;
}

function recountDependencies(state: ExecutionState, node: number): void {
  state.pendingDependencies[node] = 0;
  state.succeededDependencies[node] = 0;
  state.failedDependencies[node] = 0;
  for (const predecessor of predecessorsOf(state, node)) {
    if (isTerminalNode(statusOf(state, predecessor))) countEnd(state, predecessor, node);
    else state.pendingDependencies[node] = at(state.pendingDependencies, node) + 1;
  }
}
