import type { JournalSlice } from './execution-store';
import type { Unsubscribe } from './task-queue';

/** Committed journal slices as they happen, for live views. May miss some across a reconnect; readers fill gaps. */
export interface ExecutionFeed {
  /** Of one execution, or of all (`undefined`). */
  subscribe(executionId: string | undefined, listener: (slice: JournalSlice) => void): Promise<Unsubscribe>;
}
