import type { ExecutionFeed } from '../ports/execution-feed';
import type { JournalSlice } from '../ports/execution-store';
import type { Unsubscribe } from '../ports/task-queue';

type Listener = (slice: JournalSlice) => void;

export class InMemoryExecutionFeed implements ExecutionFeed {
  private readonly listeners = new Map<string | undefined, Set<Listener>>();

  publish(slices: readonly JournalSlice[]): void {
    if (this.listeners.size === 0) return;
    for (const slice of slices) {
      for (const listener of this.listeners.get(slice.executionId) ?? []) listener(slice);
      for (const listener of this.listeners.get(undefined) ?? []) listener(slice);
    }
  }

  async subscribe(executionId: string | undefined, listener: Listener): Promise<Unsubscribe> {
    const listeners = this.listeners.get(executionId) ?? new Set();
    this.listeners.set(executionId, listeners.add(listener));
    return async () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.listeners.get(executionId) === listeners)
        this.listeners.delete(executionId);
    };
  }
}
