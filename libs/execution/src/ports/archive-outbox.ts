import type { JournalSection } from '../journal-section';
import type { HotPosition } from './execution-store';

/** A slice of a journal as it was committed. */
export interface OutboxSlice {
  readonly executionId: string;
  readonly section: JournalSection;
  /** As in the commit. */
  readonly terminal: boolean;
  readonly position: HotPosition;
  /** Epoch milliseconds, by the store's clock. */
  readonly committedAt: number;
}

export interface TakeRequest {
  readonly partitions: readonly number[];
  readonly limit: number;
  /** How long to wait for the first one, in milliseconds (0: not at all). Ends early when the signal aborts. */
  readonly waitMs: number;
  readonly signal?: AbortSignal;
}

export interface OutboxBatch {
  readonly slices: readonly OutboxSlice[];
  /** The adapter's own handle of each slice, in the same order. */
  readonly receipts: readonly string[];
}

/**
 * What was committed to hot journals and is not in the system of record yet (transactional outbox). Whoever begins to
 * take from a partition begins with the oldest slice that is not confirmed; so, whoever takes, what is archived of a
 * partition is always the beginning of what was committed there.
 */
export interface ArchiveOutbox {
  /**
   * Up to `limit` slices, of each partition in commit order. The same taker gets nothing twice while `confirm` is
   * pending; what it has of partitions that it does not ask for any more is forgotten.
   */
  take(request: TakeRequest): Promise<OutboxBatch>;
  /** They are archived: hot data of terminal executions may go. */
  confirm(batch: OutboxBatch): Promise<void>;
  /**
   * They could not be archived. Everything of their partitions that is not confirmed will be taken again, as the store
   * has it then.
   */
  giveBack(batch: OutboxBatch): Promise<void>;
  /** What is not archived yet, of all partitions: commits, or the parts they are stored in. */
  lag(): Promise<number>;
}
