import type { FollowUp, Task, TaskRef } from '../ports/task-queue';
import type { Command } from './commands';
import { at, idOf, isOpenTask, predecessorsOf, statusOf, successorsOf } from './state';
import type { ExecutionState } from './state';

/** So many tasks a worker may go on with before it hears from the owner of the execution again. */
const MOST_FOLLOW_UPS = 16;
/** A larger input is not sent along with a task whose config may have no need of it; in characters of JSON. */
const MOST_INPUT_CHARS = 10_000;

/** The latest attempt of a node. */
export function attemptOf(state: ExecutionState, node: number): TaskRef {
  return { executionId: state.executionId, nodeId: idOf(state, node), attempt: at(state.attempt, node) };
}

function nextAttemptOf(state: ExecutionState, node: number): TaskRef {
  const latest = attemptOf(state, node);
  return { ...latest, attempt: latest.attempt + 1 };
}

/** What may be done right after a task that is about to be scheduled, as long as each task succeeds. */
export function followUpsOf(state: ExecutionState, node: number): Pick<Task, 'followUps' | 'scope'> {
  const chain = chainAfter(state, node);
  if (chain.length === 0 || JSON.stringify(state.input).length > MOST_INPUT_CHARS) return {};
  const followUps: FollowUp[] = [];
  for (const next of chain) {
    const plan = state.workflow.plans[next]?.followUp;
    if (plan === undefined) break;
    followUps.push({ ...nextAttemptOf(state, next), plan });
  }
  const { startedAt, input, workflow } = state;
  return { followUps, scope: { startedAt, input, labels: workflow.labels } };
}

/** After which tasks a follow-up may have begun, or may yet begin, once this one was scheduled. */
export function tasksWithFollowUps(state: ExecutionState, node: number): readonly TaskRef[] {
  const chain = chainAfter(state, node);
  if (chain.length === 0) return [];
  const before = chain.slice(0, -1).map((next) => nextAttemptOf(state, next));
  return [attemptOf(state, node), ...before];
}

/** The node that may follow at once, if there is one. */
export function followUpAfter(state: ExecutionState, node: number): number | undefined {
  const [only] = successorsOf(state, node);
  return only !== undefined && state.workflow.plans[only]?.followUp !== undefined ? only : undefined;
}

/** Whether a worker has begun with what follows it. */
export function isFollowedUp(command: Command): boolean {
  return command.type === 'TaskSucceeded' && command.followedUp === true;
}

/**
 * Whether a follow-up has its outcome before that of a task before it is known: commands change places when some have to
 * wait for a store.
 */
export function comesEarly(state: ExecutionState, command: Command): boolean {
  if (command.type !== 'TaskSucceeded' && command.type !== 'TaskFailed') return false;
  const node = state.workflow.graph.indexOf(command.nodeId);
  if (node === undefined || command.attempt !== at(state.attempt, node) + 1) return false;
  let before: number | undefined = node;
  while (before !== undefined && statusOf(state, before) === 'PENDING') before = followedBy(state, before);
  return before !== undefined && before !== node && isOpenTask(state, before);
}

/** The task after which the node may be done at once. */
function followedBy(state: ExecutionState, node: number): number | undefined {
  return state.workflow.plans[node]?.followUp === undefined ? undefined : predecessorsOf(state, node)[0];
}

function chainAfter(state: ExecutionState, node: number): readonly number[] {
  const chain: number[] = [];
  let next = followUpAfter(state, node);
  while (next !== undefined && chain.length < MOST_FOLLOW_UPS) {
    chain.push(next);
    next = followUpAfter(state, next);
  }
  return chain;
}
