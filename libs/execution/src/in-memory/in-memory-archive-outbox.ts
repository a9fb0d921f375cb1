import type { ArchiveOutbox, OutboxBatch } from '../ports/archive-outbox';
import type { Clock } from '../ports/clock';
import type { JournalSlice } from '../ports/execution-store';
import { Notifier } from './notifier';

export class InMemoryArchiveOutbox implements ArchiveOutbox {
  private queued: JournalSlice[] = [];
  private readonly taken = new Map<string, readonly JournalSlice[]>();
  private readonly arrivals: Notifier;
  private receipts = 0;
  private archivedListener: (slices: readonly JournalSlice[]) => void = () => undefined;

  constructor(clock: Clock) {
    this.arrivals = new Notifier(clock);
  }

  add(slices: readonly JournalSlice[]): void {
    this.queued.push(...slices);
    this.arrivals.notify();
  }

  onArchived(listener: (slices: readonly JournalSlice[]) => void): void {
    this.archivedListener = listener;
  }

  async take(limit: number, waitMs: number, signal?: AbortSignal): Promise<OutboxBatch> {
    if (this.queued.length === 0) await this.arrivals.wait(waitMs, signal);
    const slices = this.queued.splice(0, limit);
    if (slices.length === 0) return { slices, receipts: [] };
    const receipt = String(++this.receipts);
    this.taken.set(receipt, slices);
    return { slices, receipts: [receipt] };
  }

  async confirm({ receipts }: OutboxBatch): Promise<void> {
    for (const receipt of receipts) {
      this.archivedListener(this.taken.get(receipt) ?? []);
      this.taken.delete(receipt);
    }
  }

  async giveBack({ receipts }: OutboxBatch): Promise<void> {
    for (const receipt of receipts) {
      this.queued = [...(this.taken.get(receipt) ?? []), ...this.queued];
      this.taken.delete(receipt);
    }
  }

  async lag(): Promise<number> {
    let lag = this.queued.length;
    for (const slices of this.taken.values()) lag += slices.length;
    return lag;
  }
}
