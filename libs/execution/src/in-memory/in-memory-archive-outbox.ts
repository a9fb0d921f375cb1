import type { ArchiveOutbox, OutboxBatch } from '../ports/archive-outbox';
import type { Clock } from '../ports/clock';
import type { JournalSlice } from '../ports/execution-store';
import { Notifier } from './notifier';

interface Noted {
  readonly slice: JournalSlice;
  readonly ordinal: number;
}

export class InMemoryArchiveOutbox implements ArchiveOutbox {
  /** In commit order. */
  private queued: Noted[] = [];
  private readonly taken = new Map<string, readonly Noted[]>();
  private readonly arrivals: Notifier;
  private receipts = 0;
  private added = 0;
  private archivedListener: (slices: readonly JournalSlice[]) => void = () => undefined;

  constructor(clock: Clock) {
    this.arrivals = new Notifier(clock);
  }

  add(slices: readonly JournalSlice[]): void {
    for (const slice of slices) this.queued.push({ slice, ordinal: ++this.added });
    this.arrivals.notify();
  }

  onArchived(listener: (slices: readonly JournalSlice[]) => void): void {
    this.archivedListener = listener;
  }

  async take(limit: number, waitMs: number, signal?: AbortSignal): Promise<OutboxBatch> {
    if (this.queued.length === 0) await this.arrivals.wait(waitMs, signal);
    const noted = this.queued.splice(0, limit);
    if (noted.length === 0) return { slices: [], receipts: [] };
    const receipt = String(++this.receipts);
    this.taken.set(receipt, noted);
    return { slices: slicesOf(noted), receipts: [receipt] };
  }

  async confirm({ receipts }: OutboxBatch): Promise<void> {
    for (const receipt of receipts) {
      this.archivedListener(slicesOf(this.taken.get(receipt) ?? []));
      this.taken.delete(receipt);
    }
  }

  async giveBack({ receipts }: OutboxBatch): Promise<void> {
    for (const receipt of receipts) {
      this.queued.push(...(this.taken.get(receipt) ?? []));
      this.taken.delete(receipt);
    }
    this.queued.sort((a, b) => a.ordinal - b.ordinal);
    this.arrivals.notify();
  }

  async lag(): Promise<number> {
    let lag = this.queued.length;
    for (const slices of this.taken.values()) lag += slices.length;
    return lag;
  }
}

function slicesOf(noted: readonly Noted[]): readonly JournalSlice[] {
  return noted.map(({ slice }) => slice);
}
