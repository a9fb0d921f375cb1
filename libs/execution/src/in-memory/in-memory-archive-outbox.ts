import type { ArchiveOutbox, OutboxBatch, OutboxSlice, TakeRequest } from '../ports/archive-outbox';
import type { Clock } from '../ports/clock';
import type { JournalSlice } from '../ports/execution-store';
import { Notifier } from './notifier';

interface Noted {
  readonly partition: number;
  readonly turn: number;
  readonly slice: JournalSlice;
  isTaken: boolean;
}

export class InMemoryArchiveOutbox implements ArchiveOutbox {
  /** By receipt, in commit order. */
  private readonly noted = new Map<string, Noted>();
  private readonly timelines = new Map<number, number>();
  private readonly arrivals: Notifier;
  private added = 0;
  private archivedListener: (slices: readonly JournalSlice[]) => void = () => undefined;

  constructor(clock: Clock) {
    this.arrivals = new Notifier(clock);
  }

  add(partition: number, turn: number, slices: readonly JournalSlice[]): void {
    for (const slice of slices)
      this.noted.set(String(++this.added), { partition, turn, slice, isTaken: false });
    this.arrivals.notify();
  }

  begin(partition: number, timeline: number): void {
    this.timelines.set(partition, timeline);
  }

  drop(partition: number): void {
    for (const [receipt, noted] of this.noted) if (noted.partition === partition) this.noted.delete(receipt);
  }

  onArchived(listener: (slices: readonly JournalSlice[]) => void): void {
    this.archivedListener = listener;
  }

  async take({ partitions, limit, waitMs, signal }: TakeRequest): Promise<OutboxBatch> {
    const wanted = new Set(partitions);
    const taken = this.takeNow(wanted, limit);
    if (taken.receipts.length > 0 || limit <= 0) return taken;
    await this.arrivals.wait(waitMs, signal);
    return this.takeNow(wanted, limit);
  }

  async confirm({ slices, receipts }: OutboxBatch): Promise<void> {
    const confirmed = slices.filter((_, index) => this.noted.delete(receipts[index] ?? ''));
    this.archivedListener(confirmed);
  }

  async giveBack({ slices }: OutboxBatch): Promise<void> {
    const partitions = new Set(slices.map(({ position }) => position.partition));
    for (const noted of this.noted.values()) if (partitions.has(noted.partition)) noted.isTaken = false;
    this.arrivals.notify();
  }

  async lag(): Promise<number> {
    return this.noted.size;
  }

  private takeNow(partitions: ReadonlySet<number>, limit: number): OutboxBatch {
    const slices: OutboxSlice[] = [];
    const receipts: string[] = [];
    for (const [receipt, noted] of this.noted) {
      if (slices.length >= limit) break;
      const { partition, turn, slice } = noted;
      if (noted.isTaken || !partitions.has(partition)) continue;
      noted.isTaken = true;
      receipts.push(receipt);
      slices.push({ ...slice, position: { partition, turn, timeline: this.timelines.get(partition) ?? 0 } });
    }
    return { slices, receipts };
  }
}
