import type { Unpark } from '../decider/commands';
import { UNCERTAIN } from '../decider/park';
import { isTerminal } from '../decider/status';
import { NotFoundError } from '../errors';
import type { DeadLetter } from '../ports/dead-letters';
import { retry, send } from './control';
import type { ExecutionView } from './engine-api';
import { shortened } from './execution-views';
import type { ApiContext } from './ports';

/** Revives the execution, or sends a parked task out again; the archive settles the dead letter when it sees that. */
export async function retryDeadLetter(context: ApiContext, id: string): Promise<ExecutionView> {
  const letter = await deadLetter(context, id);
  const view = await answerParked(context, letter, 'retry');
  return view ?? retry(context, letter.executionId);
}

/** A parked node fails by it, and then the archive settles the letter; an execution that is over stays as it is. */
export async function discardDeadLetter(context: ApiContext, id: string): Promise<void> {
  const letter = await deadLetter(context, id);
  if ((await answerParked(context, letter, 'discard')) !== undefined) return;
  if (await mayBeParked(context, letter)) throw notFound(id);
  if (!(await context.deadLetters.discard(id))) throw notFound(id);
}

/**
 * Whoever looks at an older memory of the hot store does not see that the node is parked, and without its letter nobody
 * could answer it. The archive, where the letter comes from, knows better; if the node is not parked any more, it settles
 * the letter.
 */
async function mayBeParked(context: ApiContext, { executionId, error }: DeadLetter): Promise<boolean> {
  if (error.code !== UNCERTAIN) return false;
  const record = await context.executions.find(executionId);
  return record !== undefined && !isTerminal(record.status);
}

/** Undefined when the letter's node is not parked. */
async function answerParked(
  context: ApiContext,
  { executionId, nodeId, error }: DeadLetter,
  by: Unpark['by'],
): Promise<ExecutionView | undefined> {
  if (error.code !== UNCERTAIN) return undefined;
  const { state } = await context.views.fold(executionId);
  const node = state.workflow.graph.indexOf(nodeId);
  const parkedSeq = node === undefined ? undefined : state.parked.get(node);
  if (node === undefined || parkedSeq === undefined) return undefined;
  const command: Unpark = { type: 'Unpark', executionId, nodeId, parkedSeq, by };
  return send(context, command, (_, folded) => folded.state.parked.get(node) !== parkedSeq);
}

/** @throws NotFoundError */
export async function deadLetter(context: ApiContext, id: string): Promise<DeadLetter> {
  const found = await context.deadLetters.find(id);
  if (found === undefined) throw notFound(id);
  return found;
}

function notFound(id: string): NotFoundError {
  return new NotFoundError(
    'DEAD_LETTER_NOT_FOUND',
    `there is no dead letter "${shortened(id)}"; it may be settled`,
  );
}
