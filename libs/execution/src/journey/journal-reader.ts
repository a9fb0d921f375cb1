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
  if (reachesBackTo(hot, afterSeq)) return hot.slice(0, limit);
  return joined(await executions.journal(executionId, afterSeq, limit), hot).slice(0, limit);
}

/** Whether nothing of what was asked of the hot store is in the archive only. */
export function reachesBackTo(
  hot: readonly JournalEvent[] | undefined,
  afterSeq: number,
): hot is readonly JournalEvent[] {
  return hot !== undefined && (hot[0] === undefined || hot[0].seq === afterSeq + 1);
}

/** What was read of the hot store, with the archived events that come before it. */
export function joined(
  archived: readonly JournalEvent[],
  hot: readonly JournalEvent[] = [],
): readonly JournalEvent[] {
  const firstHot = hot[0]?.seq ?? Infinity;
  return [...archived.filter(({ seq }) => seq < firstHot), ...hot];
}
