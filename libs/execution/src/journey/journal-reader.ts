import type { JournalEvent } from '../decider/events';
import type { ExecutionRepository } from '../ports/execution-repository';
import type { ExecutionStore } from '../ports/execution-store';

export interface Journals {
  readonly store: ExecutionStore;
  readonly executions: ExecutionRepository;
}

/**
 * The journal after a position, wherever its parts lie: the hot store has the newest events, the archive the
 * rest. The hot store is read first, so that events archived and dropped in between are found in the archive.
 */
export async function readJournal(
  { store, executions }: Journals,
  executionId: string,
  afterSeq: number,
): Promise<readonly JournalEvent[]> {
  const hot = await store.read(executionId, afterSeq);
  if (hot === undefined) return executions.journal(executionId, afterSeq);
  const firstHot = hot[0]?.seq;
  if (firstHot === undefined || firstHot === afterSeq + 1) return hot;
  const archived = await executions.journal(executionId, afterSeq);
  return [...archived.filter(({ seq }) => seq < firstHot), ...hot];
}
