import { TemplateError } from '@workflow-engine/templating';
import type { Json, JsonObject } from '@workflow-engine/dag';

import { collected } from './control-nodes';
import type { ControlHandler, ImmediateResult } from './control-nodes';
import type { AttemptReport, ExecutionError, TaskError } from './events';
import { joinVerdict } from './join';
import { UNCERTAIN, endExecution } from './park';
import { backoffMs, mayRetry } from './retry';
import { scopeOf } from './scope';
import { at, idOf, isOpenTask, predecessorsOf, statusOf, successorsOf } from './state';
import type { ExecutionState } from './state';
import { isTerminal } from './status';
import type { Turn } from './turn';

/** How the end of a node spreads: its dependents run, are skipped, or the execution fails or completes. */
export function propagate(turn: Turn, ended: number): void {
  spread(turn, [ended]);
}

/**
 * Looks at every node of the execution: starts what is ready, wakes what is due. Costs the size of the graph, so
 * it is for the start, a resumption, a retry and a take-over only.
 */
export function dispatchReady(turn: Turn): void {
  const { state } = turn;
  const ended: number[] = [];
  for (let node = 0; node < state.nodeStatus.length && !isTerminal(state.status); node++) {
    const status = statusOf(state, node);
    if (status === 'PENDING') consider(turn, node, ended);
    else if (status === 'WAITING' && isDue(turn, node)) wake(turn, node, ended);
    else if (isUntoleratedFailure(state, node)) ended.push(node);
  }
  spread(turn, ended);
}

function isDue({ state, moment }: Turn, node: number): boolean {
  return state.status === 'RUNNING' && (state.dueAt.get(node) ?? Infinity) <= moment.now;
}

/** Breadth first and without recursion, so that a chain of any length is one turn. */
function spread(turn: Turn, ended: number[]): void {
  const { state } = turn;
  for (const node of ended) {
    if (isTerminal(state.status)) return;
    const successors = successorsOf(state, node);
    if (successors.length === 0 && isUntoleratedFailure(state, node)) return failExecution(turn, node);
    for (const successor of successors) {
      if (statusOf(state, successor) !== 'PENDING') continue;
      consider(turn, successor, ended);
      if (isTerminal(state.status)) return;
    }
  }
  if (state.open === 0 && !isTerminal(state.status)) completeExecution(turn);
}

export function isUntoleratedFailure(state: ExecutionState, node: number): boolean {
  const status = statusOf(state, node);
  return (status === 'FAILED' || status === 'TIMED_OUT') && !state.tolerated.has(node);
}

/** A PENDING node: does it run now? Nodes that end at once are added to `ended`. */
function consider(turn: Turn, node: number, ended: number[]): void {
  const { state } = turn;
  const verdict = joinVerdict(state, node);
  if (verdict === 'fail') return failExecution(turn, culpritOf(state, node));
  if (verdict === 'wait' || state.status === 'PAUSED') return;
  if (verdict === 'skip') {
    turn.emit({ type: 'NodeSkipped', node_id: idOf(state, node), reason: 'join' });
  } else {
    begin(turn, node);
  }
  noteEnd(state, node, ended);
}

function noteEnd(state: ExecutionState, node: number, ended: number[]): void {
  const status = statusOf(state, node);
  if (status === 'COMPLETED' || status === 'SKIPPED' || status === 'FAILED') ended.push(node);
}

function culpritOf(state: ExecutionState, node: number): number {
  return predecessorsOf(state, node).find((predecessor) => isUntoleratedFailure(state, predecessor)) ?? node;
}

function begin(turn: Turn, node: number): void {
  const { state } = turn;
  const { templates, plans } = state.workflow;
  const error = templateFault(() => {
    const condition = templates.nodes[node]?.when;
    if (condition !== undefined && !condition.evaluate(scopeOf(state))) {
      turn.emit({ type: 'NodeSkipped', node_id: idOf(state, node), reason: 'condition' });
      return;
    }
    const control = plans[node]?.control;
    if (control === undefined) startTask(turn, node);
    else runControl(turn, node, control);
  });
  if (error !== undefined) emitFailure(turn, node, error, {});
}

/** Puts the next attempt of a task into its queue. @throws TemplateError */
export function startTask(turn: Turn, node: number): void {
  const { state } = turn;
  const template = state.workflow.templates.nodes[node]?.config;
  const node_id = idOf(state, node);
  const attempt = at(state.attempt, node) + 1;
  if (template === undefined || template.isStatic || state.taskConfigs.has(node)) {
    turn.emit({ type: 'NodeScheduled', node_id, attempt });
  } else {
    const { value: config, secrets } = template.resolve(scopeOf(state));
    turn.emit({ type: 'NodeScheduled', node_id, attempt, config, ...(secrets.length > 0 && { secrets }) });
  }
  limitScheduleToStart(turn, node);
}

/** Every delivery has the whole time to be started in. */
export function limitScheduleToStart(turn: Turn, node: number): void {
  const limit = turn.state.workflow.plans[node]?.scheduleToStartMs;
  if (limit === undefined) return;
  const due_at = new Date(turn.moment.now + limit).toISOString();
  turn.emit({ type: 'TimerSet', node_id: idOf(turn.state, node), purpose: 'schedule_to_start', due_at });
}

function runControl(turn: Turn, node: number, control: ControlHandler): void {
  const { state } = turn;
  const config = (state.workflow.templates.nodes[node]?.config.resolve(scopeOf(state)).value ??
    {}) as JsonObject;
  const result = control.evaluate(config, {
    input: state.input,
    now: turn.moment.now,
    dependencyOutputs: () => outputsOf(state, predecessorsOf(state, node)),
  });
  const node_id = idOf(state, node);
  switch (result.kind) {
    case 'completed':
      return turn.emit({ type: 'NodeCompleted', node_id, attempt: 1, output: result.output });
    case 'failed':
      return emitFailure(turn, node, result.error, {});
    case 'waiting': {
      const due_at = new Date(result.dueAt).toISOString();
      return turn.emit({ type: 'TimerSet', node_id, purpose: 'delay', due_at });
    }
  }
}

/** A waiting node whose time has come: a delay is over, or the next attempt is due. */
export function wake(turn: Turn, node: number, ended?: number[]): void {
  const { state } = turn;
  if (state.workflow.plans[node]?.control === undefined) {
    startTask(turn, node);
    return;
  }
  turn.emit({ type: 'NodeCompleted', node_id: idOf(state, node), attempt: 1, output: {} });
  if (ended === undefined) propagate(turn, node);
  else ended.push(node);
}

/** An attempt failed: try again later, or that was it. */
export function fail(turn: Turn, node: number, error: TaskError, report: AttemptReport): void {
  const { state, moment } = turn;
  const retry = state.workflow.plans[node]?.retry;
  const attempt = at(state.attempt, node);
  const used = attempt - at(state.attemptBase, node);
  if (retry !== undefined && mayRetry(retry, used, error)) {
    const due_at = new Date(moment.now + backoffMs(retry, used, error, moment.random)).toISOString();
    turn.emit({ type: 'RetryScheduled', node_id: idOf(state, node), attempt, error, due_at, ...report });
    return;
  }
  failForGood(turn, node, error, report);
}

/** An attempt failed, and no other one follows. */
export function failForGood(turn: Turn, node: number, error: TaskError, report: AttemptReport): void {
  emitFailure(turn, node, error, report);
  propagate(turn, node);
}

function emitFailure(turn: Turn, node: number, error: TaskError, report: AttemptReport): void {
  const { state } = turn;
  const open = isOpenTask(state, node);
  turn.emit({
    type: 'NodeFailed',
    node_id: idOf(state, node),
    // One that failed before it was scheduled must not be taken for the attempt before it.
    attempt: at(state.attempt, node) + (open ? 0 : 1),
    status: open && TIMEOUT_CODES.has(error.code) ? 'TIMED_OUT' : 'FAILED',
    error,
    tolerated: state.workflow.plans[node]?.tolerated ?? false,
    ...report,
  });
}

const TIMEOUT_CODES: ReadonlySet<string> = new Set([
  'TIMEOUT',
  'HEARTBEAT_TIMEOUT',
  'SCHEDULE_TO_START_TIMEOUT',
]);

function failExecution(turn: Turn, node: number): void {
  const { state } = turn;
  const plan = state.workflow.plans[node];
  const node_id = idOf(state, node);
  const cause = state.errors.get(node);
  const error: ExecutionError = {
    code: cause?.code ?? 'NODE_FAILED',
    message: `node "${node_id}" failed: ${cause?.message ?? 'no reason was given'}`,
    node_id,
  };
  const attempts = at(state.attempt, node);
  // Somebody has given it up already.
  const discarded = plan?.onUncertain === 'park' && cause?.code === UNCERTAIN;
  const dead_letter =
    plan !== undefined && plan.control === undefined && attempts > 0 && !discarded
      ? { node_id, handler: plan.handler, attempts }
      : undefined;
  endExecution(turn, { type: 'ExecutionFailed', error, ...(dead_letter !== undefined && { dead_letter }) });
}

function completeExecution(turn: Turn): void {
  const result = executionOutput(turn.state);
  if (result.kind === 'completed') return turn.emit({ type: 'ExecutionCompleted', output: result.output });
  const { code, message } = result.error;
  turn.emit({ type: 'ExecutionFailed', error: { code, message: `output: ${message}` } });
}

function executionOutput(state: ExecutionState): ImmediateResult {
  const template = state.workflow.templates.output;
  if (template === undefined) return collected(defaultOutput(state));
  let output: Json = null;
  const error = templateFault(() => void (output = template.resolve(scopeOf(state)).value));
  return error === undefined ? { kind: 'completed', output } : { kind: 'failed', error };
}

export function timeOutExecution(turn: Turn): void {
  const limit = (turn.state.workflow.timeoutMs ?? 0) / 1000;
  const message = `the execution did not finish within its timeout of ${limit} seconds`;
  endExecution(turn, { type: 'ExecutionTimedOut', error: { code: 'EXECUTION_TIMEOUT', message } });
}

/** The outputs of the nodes nobody depends on. */
function defaultOutput(state: ExecutionState): JsonObject {
  const sinks: number[] = [];
  for (let node = 0; node < state.nodeStatus.length; node++) {
    if (successorsOf(state, node).length === 0 && state.outputs[node] !== undefined) sinks.push(node);
  }
  return outputsOf(state, sinks);
}

function outputsOf(state: ExecutionState, nodes: Iterable<number>): JsonObject {
  return Object.fromEntries(Array.from(nodes, (node) => [idOf(state, node), state.outputs[node] ?? null]));
}

function templateFault(action: () => void): TaskError | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { code: error.code, message: error.message, retryable: false };
  }
}
