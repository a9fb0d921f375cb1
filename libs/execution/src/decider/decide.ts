import type {
  Cancel,
  Command,
  Rerun,
  TaskFailed,
  TaskLost,
  TaskStarted,
  TaskSucceeded,
  TimerFired,
  Trigger,
} from './commands';
import { dispatchReady, fail, isUntoleratedFailure, propagate, timeOutExecution, wake } from './dispatch';
import { runningTimers, setTimer, timer } from './effects';
import { attemptOf, followUpAfter } from './follow-ups';
import { answerParked, lose, recoverTask } from './lost-task';
import { endExecution, unpark } from './park';
import { EXECUTION_TIMER, at, idOf, isOpenTask, statusOf } from './state';
import type { ExecutionState } from './state';
import { isTerminal } from './status';
import { Turn } from './turn';
import type { Decision, Moment } from './turn';

/**
 * Every rule of the engine: what a command means for an execution. Applies its events to `state` and returns
 * them with what has to be done. A command that comes too late, or again, changes nothing: the first outcome of
 * an open attempt wins, whoever brings it.
 */
export function decide(state: ExecutionState, command: Command, moment: Moment): Decision {
  const turn = new Turn(state, moment);
  const { unusable } = state.workflow;
  if (unusable !== undefined) {
    abandon(turn, command, unusable);
    return turn;
  }
  switch (command.type) {
    case 'Trigger':
      start(turn, command);
      break;
    case 'TaskStarted':
      noteStart(turn, command);
      break;
    case 'TaskSucceeded':
      succeed(turn, command);
      break;
    case 'TaskFailed':
      failTask(turn, command);
      break;
    case 'TaskLost':
      noteLoss(turn, command);
      break;
    case 'TimerFired':
      fire(turn, command);
      break;
    case 'Cancel':
      cancel(turn, command);
      break;
    case 'Pause':
      if (state.status === 'RUNNING') turn.emit({ type: 'ExecutionPaused' });
      break;
    case 'Resume':
      resume(turn);
      break;
    case 'Retry':
      retry(turn);
      break;
    case 'Rerun':
      rerun(turn, command);
      break;
    case 'Unpark':
      answerParked(turn, command);
      break;
  }
  return turn;
}

/**
 * Brings an execution back whose tasks and timers are gone with their store: open tasks go out again, timers are
 * set again, and what is ready but was not scheduled yet is scheduled.
 */
export function recover(state: ExecutionState, moment: Moment): Decision {
  const turn = new Turn(state, moment);
  if (state.status !== 'RUNNING' && state.status !== 'PAUSED') return turn;
  if (state.workflow.unusable !== undefined) return turn;
  setTimers(turn);
  for (let node = 0; node < state.nodeStatus.length; node++) {
    if (isOpenTask(state, node)) recoverTask(turn, node);
  }
  dispatchReady(turn);
  return turn;
}

/**
 * Schedules whatever is ready and not scheduled yet, in case a writer died between two chunks of a wide step.
 */
export function takeOver(state: ExecutionState, moment: Moment): Decision {
  const turn = new Turn(state, moment);
  if (state.workflow.unusable === undefined) dispatchReady(turn);
  return turn;
}

/** An execution whose definition cannot be used any more can only be ended. A later version may retry it. */
function abandon(turn: Turn, command: Command, message: string): void {
  const { state } = turn;
  if (isTerminal(state.status)) return;
  if (state.status === 'PENDING') {
    if (command.type !== 'Trigger') return;
    noteTrigger(turn, command);
  }
  endExecution(turn, { type: 'ExecutionFailed', error: { code: 'DEFINITION_UNUSABLE', message } });
}

function noteTrigger(turn: Turn, { workflowId: workflow_id, version, input }: Trigger): void {
  turn.emit({ type: 'ExecutionStarted', workflow_id, version, input });
}

function start(turn: Turn, command: Trigger): void {
  if (turn.state.status !== 'PENDING') return;
  noteTrigger(turn, command);
  setExecutionTimer(turn);
  dispatchReady(turn);
}

function setExecutionTimer(turn: Turn): void {
  const { timeoutMs } = turn.state.workflow;
  if (timeoutMs === undefined) return;
  const due_at = new Date(turn.moment.now + timeoutMs).toISOString();
  turn.emit({ type: 'TimerSet', purpose: 'execution_timeout', due_at });
}

interface AboutAttempt {
  readonly nodeId: string;
  readonly attempt: number;
}

/** The node of a command about an attempt that is still open. */
function openAttempt({ state }: Turn, command: AboutAttempt): number | undefined {
  const node = state.workflow.graph.indexOf(command.nodeId);
  if (node === undefined || !isOpenTask(state, node)) return undefined;
  return at(state.attempt, node) === command.attempt ? node : undefined;
}

/** The node of an outcome that is the first one of its attempt. It ends all uncertainty about a parked node. */
function undecidedAttempt(turn: Turn, command: AboutAttempt): number | undefined {
  const { state } = turn;
  const node = state.workflow.graph.indexOf(command.nodeId);
  if (node === undefined || !state.parked.has(node)) return openAttempt(turn, command);
  if (at(state.attempt, node) !== command.attempt) return undefined;
  unpark(turn, node, 'outcome');
  return node;
}

function noteStart(turn: Turn, command: TaskStarted): void {
  const node = openAttempt(turn, command);
  if (node === undefined || statusOf(turn.state, node) !== 'SCHEDULED') return;
  const { nodeId: node_id, attempt, worker, startedAt: started_at } = command;
  turn.emit({ type: 'NodeStarted', node_id, attempt, worker, started_at });
}

function succeed(turn: Turn, command: TaskSucceeded): void {
  const node = undecidedAttempt(turn, command);
  if (node === undefined) return;
  const { nodeId: node_id, attempt, output, report } = command;
  const after = attemptOf(turn.state, node);
  const next = followUpAfter(turn.state, node);
  turn.emit({ type: 'NodeCompleted', node_id, attempt, output, ...report });
  if (next !== undefined && command.followedUp === true)
    turn.effects.followed.push({ after, task: undefined });
  else if (next !== undefined) turn.effects.withdrawn.push(after);
  propagate(turn, node);
}

function failTask(turn: Turn, command: TaskFailed): void {
  const node = undecidedAttempt(turn, command);
  if (node !== undefined) fail(turn, node, command.error, command.report);
}

function noteLoss(turn: Turn, command: TaskLost): void {
  const node = openAttempt(turn, command);
  if (node !== undefined && at(turn.state.delivery, node) === command.delivery) lose(turn, node, command);
}

function fire(turn: Turn, command: TimerFired): void {
  const { state } = turn;
  const node = command.nodeId === undefined ? EXECUTION_TIMER : state.workflow.graph.indexOf(command.nodeId);
  if (node === undefined) return;
  const dueAt = state.dueAt.get(node);
  if (dueAt === undefined) return;
  if (dueAt > turn.moment.now) {
    // Set to later since; whoever delivered this one has taken it out of the store.
    setTimer(turn.effects, timer(state.executionId, command.nodeId, dueAt));
    return;
  }
  if (node === EXECUTION_TIMER) return timeOutExecution(turn);
  if (statusOf(state, node) === 'WAITING') {
    // While paused nothing starts; resuming looks for timers that ran out meanwhile.
    if (state.status === 'RUNNING') wake(turn, node);
    return;
  }
  const message =
    'no worker started it within its schedule_to_start timeout; are workers running for its queue?';
  fail(turn, node, { code: 'SCHEDULE_TO_START_TIMEOUT', message, retryable: false }, {});
}

function cancel(turn: Turn, { reason }: Cancel): void {
  const { status } = turn.state;
  if (status !== 'RUNNING' && status !== 'PAUSED') return;
  endExecution(turn, { type: 'ExecutionCancelled', ...(reason !== undefined && { reason }) });
}

function resume(turn: Turn): void {
  if (turn.state.status !== 'PAUSED') return;
  turn.emit({ type: 'ExecutionResumed' });
  dispatchReady(turn);
  // One that ran out meanwhile is not in the store any more, and by the clock of this writer it may be yet to come.
  setTimers(turn);
}

/** All that are running, whatever the store has of them. */
function setTimers({ state, effects }: Turn): void {
  for (const running of runningTimers(state)) setTimer(effects, running);
}

function retry(turn: Turn): void {
  const { state } = turn;
  if (isTerminal(state.status) && state.status !== 'COMPLETED') startAnew(turn, failedNodes(state));
}

function rerun(turn: Turn, { nodeId, endSeq }: Rerun): void {
  const { state } = turn;
  const node = state.workflow.graph.indexOf(nodeId);
  if (node === undefined || !isTerminal(state.status) || state.seq !== endSeq) return;
  // What failed elsewhere would end the execution again at once, unless it had coped with that.
  const failed = state.status === 'COMPLETED' ? [] : failedNodes(state);
  startAnew(turn, [...new Set([node, ...failed])]);
}

function failedNodes(state: ExecutionState): readonly number[] {
  return [...state.errors.keys()].filter((node) => isUntoleratedFailure(state, node));
}

function startAnew(turn: Turn, nodes: readonly number[]): void {
  turn.emit({ type: 'ExecutionRetried', node_ids: nodes.map((node) => idOf(turn.state, node)) });
  setExecutionTimer(turn);
  dispatchReady(turn);
}
