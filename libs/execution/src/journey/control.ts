import type { Command } from '../decider/commands';
import { isTerminal } from '../decider/status';
import type { ExecutionStatus } from '../decider/status';
import { WrongStateError } from '../errors';
import type { ExecutionView } from './engine-api';
import { currentStatus, nodeOf, viewOf } from './execution-views';
import type { FoldedExecution } from './execution-views';
import { waitUntil } from './follow';
import type { ApiContext } from './ports';

/** How long an answer waits for its effect to be visible. */
const VISIBLE_WITHIN_MS = 2000;

/** No node starts any more, running tasks are told to stop, whatever is open is CANCELLED. */
export async function cancel(
  context: ApiContext,
  executionId: string,
  reason?: string,
): Promise<ExecutionView> {
  const view = await viewNow(context, executionId);
  if (view.status === 'PENDING') {
    const at = new Date(context.clock.now()).toISOString();
    if (await context.executions.cancelPending(executionId, at)) return viewNow(context, executionId);
  }
  refuseUnless(view, 'cancelled', (status) => !isTerminal(status));
  return send(context, { type: 'Cancel', executionId, ...(reason !== undefined && { reason }) }, isTerminal);
}

/** Nothing new starts; what runs may finish. */
export async function pause(context: ApiContext, executionId: string): Promise<ExecutionView> {
  refuseUnless(await viewNow(context, executionId), 'paused', (status) => status === 'RUNNING');
  return send(context, { type: 'Pause', executionId }, (status) => status !== 'RUNNING');
}

export async function resume(context: ApiContext, executionId: string): Promise<ExecutionView> {
  refuseUnless(await viewNow(context, executionId), 'resumed', (status) => status === 'PAUSED');
  return send(context, { type: 'Resume', executionId }, (status) => status !== 'PAUSED');
}

/** From the failed and cancelled nodes on; what is COMPLETED stays. */
export async function retry(context: ApiContext, executionId: string): Promise<ExecutionView> {
  const folded = await context.views.fold(executionId);
  const { seq } = folded.state;
  const neverRan = seq === 0;
  refuseUnless(
    viewOf(folded),
    'retried',
    (status) => isTerminal(status) && status !== 'COMPLETED' && !neverRan,
  );
  // It may fail again at once: that the journal goes on is what tells that it was retried.
  return send(context, { type: 'Retry', executionId }, (_, { state }) => state.seq > seq);
}

/**
 * That node and everything downstream of it run again, whatever became of them; the other outputs stay. What failed or
 * was cancelled elsewhere goes on as well.
 */
export async function rerun(
  context: ApiContext,
  executionId: string,
  nodeId: string,
): Promise<ExecutionView> {
  const folded = await context.views.fold(executionId);
  const { seq } = folded.state;
  nodeOf(folded, nodeId);
  refuseUnless(viewOf(folded), 'run again', (status) => isTerminal(status) && seq > 0);
  const command = { type: 'Rerun', executionId, nodeId, endSeq: seq } as const;
  return send(context, command, (_, { state }) => state.seq > seq);
}

async function viewNow(context: ApiContext, executionId: string): Promise<ExecutionView> {
  return viewOf(await context.views.fold(executionId));
}

function refuseUnless(
  view: ExecutionView,
  verb: string,
  allowed: (status: ExecutionStatus) => boolean,
): void {
  if (allowed(view.status)) return;
  const { executionId, status } = view;
  throw new WrongStateError(executionId, status, `the execution is ${status} and cannot be ${verb}`);
}

/** Sends a command and waits for a moment for its effect to be visible. */
export async function send(
  context: ApiContext,
  command: Command,
  isThere: (status: ExecutionStatus, folded: FoldedExecution) => boolean,
): Promise<ExecutionView> {
  await context.stream.append([command]);
  return waitUntil(
    context,
    command.executionId,
    (folded) => isThere(currentStatus(folded), folded),
    VISIBLE_WITHIN_MS,
  );
}
