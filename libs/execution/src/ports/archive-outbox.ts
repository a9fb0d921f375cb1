import type { JournalSlice } from './execution-store';

export interface OutboxBatch {
  readonly slices: readonly JournalSlice[];
  /** The adapter's own handle of what was taken. */
  readonly receipts: readonly string[];
}

/** What was committed to hot journals and is not in the system of record yet (transactional outbox). */
export interface ArchiveOutbox {
  /** Up to `limit` slices in commit order per execution; not handed out again while `confirm` is pending. */
  take(limit: number, waitMs: number, signal?: AbortSignal): Promise<OutboxBatch>;
  /** They are archived: hot data of terminal executions may go. */
  confirm(batch: OutboxBatch): Promise<void>;
  /** They could not be archived and will be taken again. */
  giveBack(batch: OutboxBatch): Promise<void>;
  /** Slices not archived yet. */
  lag(): Promise<number>;
}
