import { NotFoundError } from '../errors';
import { retry } from './control';
import type { ExecutionView } from './engine-api';
import { shortened } from './execution-views';
import type { ApiContext } from './ports';

/** Revives the execution; the archive settles the dead letter when it sees that. */
export async function retryDeadLetter(context: ApiContext, id: string): Promise<ExecutionView> {
  const deadLetter = await context.deadLetters.find(id);
  if (deadLetter === undefined) throw notFound(id);
  return retry(context, deadLetter.executionId);
}

export async function discardDeadLetter(context: ApiContext, id: string): Promise<void> {
  if (!(await context.deadLetters.discard(id))) throw notFound(id);
}

function notFound(id: string): NotFoundError {
  return new NotFoundError(
    'DEAD_LETTER_NOT_FOUND',
    `there is no dead letter "${shortened(id)}"; it may be settled`,
  );
}
