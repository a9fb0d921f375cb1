import type { JournalEvent } from '../decider/events';
import type { ExecutionRepository } from '../ports/execution-repository';
import type { ExecutionStore } from '../ports/execution-store';

export interface Journals {
  readonly store: ExecutionStore;
  readonly executions: ExecutionRepository;
}

/**
 * The journal after a position (the first `limit` events of it), wherever its parts lie: the hot store has the
 * newest events, the archive the rest. The hot store is read first, so that events archived and dropped in between
 * are found in the archive.
 */
export async function readJournal(
  { store, executions }: Journals,
  executionId: string,
  afterSeq: number,
  limit?: number,
): Promise<readonly JournalEvent[]> {
  const hot = await store.read(executionId, afterSeq);
  return withArchived(executions, executionId, afterSeq, hot, limit);
}

/** What was read of the hot store, with the archived events that come before it. */
export async function withArchived(
  executions: ExecutionRepository,
  executionId: string,
  afterSeq: number,
  hot: readonly JournalEvent[] | undefined,
  limit?: number,
): Promise<readonly JournalEvent[]> {
  if (hot === undefined) return executions.journal(executionId, afterSeq, limit);
  const firstHot = hot[0]?.seq;
  if (firstHot === undefined || firstHot === afterSeq + 1) return hot.slice(0, limit);
  const archived = await executions.journal(executionId, afterSeq, limit);
  return [...archived.filter(({ seq }) => seq < firstHot), ...hot].slice(0, limit);
}
