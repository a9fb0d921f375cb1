import type { ArchiveOutbox, OutboxBatch, OutboxSlice, TakeRequest } from '../ports/archive-outbox';
import type { Clock } from '../ports/clock';
import { JournalSection } from '../journal-section';
import type { JournalSlice } from '../ports/execution-store';
import { Notifier } from './notifier';

interface Noted {
  readonly partition: number;
  readonly turn: number;
  readonly slice: Omit<OutboxSlice, 'position'>;
}

/** What was committed and is not confirmed yet, whoever takes it. */
export class InMemoryOutbox {
  readonly arrivals: Notifier;
  /** By receipt, in commit order. */
  private readonly noted = new Map<number, Noted>();
  private readonly timelines = new Map<number, number>();
  private added = 0;
  private archivedListener: (slices: readonly OutboxSlice[]) => void = () => undefined;

  constructor(private readonly clock: Clock) {
    this.arrivals = new Notifier(clock);
  }

  get size(): number {
    return this.noted.size;
  }

  add(partition: number, turn: number, slices: readonly JournalSlice[]): void {
    const committedAt = this.clock.now();
    for (const { executionId, events, terminal } of slices) {
      const slice = { executionId, section: JournalSection.of(events), terminal, committedAt };
      this.noted.set(++this.added, { partition, turn, slice });
    }
    this.arrivals.notify();
  }

  begin(partition: number, timeline: number): void {
    this.timelines.set(partition, timeline);
  }

  drop(partition: number): void {
    for (const [receipt, noted] of this.noted) if (noted.partition === partition) this.noted.delete(receipt);
  }

  onArchived(listener: (slices: readonly OutboxSlice[]) => void): void {
    this.archivedListener = listener;
  }

  confirm({ slices, receipts }: OutboxBatch): void {
    this.archivedListener(slices.filter((_, index) => this.noted.delete(Number(receipts[index]))));
  }

  /** In commit order: what each of these partitions has after its receipt. */
  *after(
    receipts: ReadonlyMap<number, number>,
  ): Generator<{ readonly receipt: number; readonly slice: OutboxSlice }> {
    for (const [receipt, { partition, turn, slice }] of this.noted) {
      const last = receipts.get(partition);
      if (last === undefined || receipt <= last) continue;
      const timeline = this.timelines.get(partition) ?? 0;
      yield { receipt, slice: { ...slice, position: { partition, turn, timeline } } };
    }
  }
}

/** One taker of an outbox. */
export class InMemoryArchiveOutbox implements ArchiveOutbox {
  /** By partition: the last receipt that was handed out. */
  private readonly taken = new Map<number, number>();

  constructor(private readonly outbox: InMemoryOutbox) {}

  async take({ partitions, limit, waitMs, signal }: TakeRequest): Promise<OutboxBatch> {
    const wanted = new Set(partitions);
    for (const partition of this.taken.keys()) if (!wanted.has(partition)) this.taken.delete(partition);
    for (const partition of wanted) if (!this.taken.has(partition)) this.taken.set(partition, 0);
    const batch = this.takeNow(limit);
    if (batch.receipts.length > 0 || limit <= 0) return batch;
    await this.outbox.arrivals.wait(waitMs, signal);
    return this.takeNow(limit);
  }

  async confirm(batch: OutboxBatch): Promise<void> {
    this.outbox.confirm(batch);
  }

  async giveBack({ slices }: OutboxBatch): Promise<void> {
    for (const { position } of slices) this.taken.set(position.partition, 0);
    this.outbox.arrivals.notify();
  }

  async lag(): Promise<number> {
    return this.outbox.size;
  }

  private takeNow(limit: number): OutboxBatch {
    const slices: OutboxSlice[] = [];
    const receipts: string[] = [];
    for (const { receipt, slice } of this.outbox.after(this.taken)) {
      if (slices.length >= limit) break;
      this.taken.set(slice.position.partition, receipt);
      receipts.push(String(receipt));
      slices.push(slice);
    }
    return { slices, receipts };
  }
}
