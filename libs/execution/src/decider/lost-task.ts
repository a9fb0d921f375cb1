import type { TaskLost, Unpark } from './commands';
import { fail, failForGood, limitScheduleToStart } from './dispatch';
import type { TaskError, TaskRedelivered } from './events';
import { UNCERTAIN, park, unpark } from './park';
import { at, idOf, marksStart } from './state';
import type { Turn } from './turn';

/** A task whose workers were lost this often is taken for the cause. */
export const MAX_LOSSES = 3;
/** ... and one that was delivered so often without ever beginning may stop its workers before it begins. */
export const MAX_UNBEGUN_DELIVERIES = 20;

/** A worker was lost with the latest delivery of an open task. */
export function lose(turn: Turn, node: number, { begun, delivery, handedBack }: TaskLost): void {
  const { state } = turn;
  const certainlyNot = marksStart(state, node) && begun !== true;
  if (certainlyNot && delivery < MAX_UNBEGUN_DELIVERIES) return redeliver(turn, node, 'not_begun');
  if (state.workflow.plans[node]?.onUncertain !== 'retry') return decideUncertain(turn, node);
  if (handedBack === true) return redeliver(turn, node, 'handed_back');
  const losses = at(state.losses, node) + 1;
  if (losses < MAX_LOSSES) return redeliver(turn, node, 'worker_lost');
  const message = `${losses} workers in a row were lost while they ran this task; it may be what stops them`;
  fail(turn, node, { code: 'WORKER_LOST', message, retryable: false }, {});
}

/** Everything but the journal was lost, and with it what happened to an open task. */
export function recoverTask(turn: Turn, node: number): void {
  if (turn.state.workflow.plans[node]?.onUncertain === 'retry') redeliver(turn, node, 'recovered');
  else decideUncertain(turn, node);
}

/** What a person wants to become of a node; nothing, if it is not parked any more or was parked again since. */
export function answerParked(turn: Turn, { nodeId, parkedSeq, by }: Unpark): void {
  const { state } = turn;
  const node = state.workflow.graph.indexOf(nodeId);
  if (node === undefined || state.parked.get(node) !== parkedSeq) return;
  unpark(turn, node, by);
  if (by === 'retry') redeliver(turn, node, 'person');
  else failForGood(turn, node, uncertain('a person gave it up'), {});
}

function decideUncertain(turn: Turn, node: number): void {
  if (turn.state.workflow.plans[node]?.onUncertain === 'fail') {
    fail(turn, node, uncertain('its node is not to be run again'), {});
  } else {
    park(turn, node, uncertain('it waits for a person to try it again or to give it up'));
  }
}

function uncertain(what: string): TaskError {
  const message = `the task was lost after it may have begun, so its effect is uncertain; ${what}`;
  return { code: UNCERTAIN, message, retryable: false };
}

function redeliver(turn: Turn, node: number, reason: TaskRedelivered['reason']): void {
  const { state } = turn;
  const delivery = at(state.delivery, node) + 1;
  const node_id = idOf(state, node);
  turn.emit({ type: 'TaskRedelivered', node_id, attempt: at(state.attempt, node), delivery, reason });
  limitScheduleToStart(turn, node);
}
