import type { ExecutionRepository, TimelineBegin } from '../ports/execution-repository';
import type { ExecutionStore, Fenced, PartitionProgress } from '../ports/execution-store';
import type { PartitionLease } from '../ports/partition-leases';

export interface ResumePorts {
  readonly store: ExecutionStore;
  readonly executions: ExecutionRepository;
}

export interface ResumedPartition {
  readonly outcome: 'resumed';
  readonly progress: PartitionProgress;
  /** Its executions have to be brought back from the archive. */
  readonly isLost: boolean;
}

export type ResumeResult =
  | ResumedPartition
  | { readonly outcome: Fenced }
  | Extract<TimelineBegin, { readonly outcome: 'superseded' }>;

/**
 * Takes up a partition. Unless an owner has done so since the store was started, its data is compared with the archive
 * first: data that knows less than the archive was lost, or is a store's memory of a while ago. It is dropped before
 * anybody can act on it. `current` is the archive's timeline as it was before the lease was given: see
 * {@link ExecutionRepository.beginTimeline}.
 */
export async function resumePartition(
  { store, executions }: ResumePorts,
  lease: PartitionLease,
  current: number,
): Promise<ResumeResult> {
  const { partition } = lease;
  const found = await store.progress(partition);
  if (found.isResumed) return { outcome: 'resumed', progress: found, isLost: false };

  const begin = await executions.beginTimeline(lease, current);
  if (begin.outcome === 'superseded') return begin;
  const { archived } = begin;
  const isKnown = found.timeline !== 0;
  const isLost = !isKnown || isBefore(found, archived);
  // What came in since everything was lost is not old and may stay.
  if (isLost && isKnown && (await store.reset(lease)) === 'fenced') return { outcome: 'fenced' };
  const turn = isLost ? archived.turn : found.turn;
  if ((await store.resume(lease, turn)) === 'fenced') return { outcome: 'fenced' };
  return { outcome: 'resumed', progress: await store.progress(partition), isLost };
}

type Position = Pick<PartitionProgress, 'timeline' | 'turn'>;

/**
 * Nothing of an older timeline is archived once a later one has begun. So data on a timeline that is later than what is
 * archived misses nothing of it, even if the owner who began an even later one never got as far as the store.
 */
function isBefore(found: Position, archived: Position): boolean {
  if (found.timeline !== archived.timeline) return found.timeline < archived.timeline;
  return found.turn < archived.turn;
}
