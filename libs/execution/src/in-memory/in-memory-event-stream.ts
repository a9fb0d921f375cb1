import type { Command } from '../decider/commands';
import { partitionOf } from '../partition';
import type { Clock } from '../ports/clock';
import type { EventStream, InboundEntry, Offset, ReadRequest } from '../ports/event-stream';
import { Notifier } from './notifier';

interface Inbound {
  /** Entries after `first`, oldest first. */
  entries: InboundEntry[];
  /** How many entries were trimmed; the n-th entry ever has offset n (from 1). */
  first: number;
}

export class InMemoryEventStream implements EventStream {
  private readonly streams: readonly Inbound[];
  private readonly arrivals: Notifier;

  constructor(
    readonly partitions: number,
    clock: Clock,
  ) {
    this.streams = Array.from({ length: partitions }, () => ({ entries: [], first: 0 }));
    this.arrivals = new Notifier(clock);
  }

  async append(commands: readonly Command[]): Promise<void> {
    for (const [partition, group] of this.byPartition(commands)) {
      const stream = this.streamOf(partition);
      const offset = String(stream.first + stream.entries.length + 1);
      stream.entries.push({ partition, offset, commands: group });
    }
    this.arrivals.notify();
  }

  async read({ after, limit, waitMs, signal }: ReadRequest): Promise<readonly InboundEntry[]> {
    const found = this.readNow(after, limit);
    if (found.length > 0) return found;
    await this.arrivals.wait(waitMs, signal);
    return this.readNow(after, limit);
  }

  /** Handled entries are not needed any more. */
  trim(partition: number, upTo: Offset): void {
    const stream = this.streamOf(partition);
    const handled = Number(upTo) - stream.first;
    if (handled <= 0) return;
    stream.entries.splice(0, handled);
    stream.first += handled;
  }

  /** Offsets go on, so that a reader's last one stays true. */
  drop(partition: number): void {
    const stream = this.streamOf(partition);
    stream.first += stream.entries.length;
    stream.entries = [];
  }

  private readNow(after: ReadRequest['after'], limit: number): InboundEntry[] {
    const found: InboundEntry[] = [];
    for (const [partition, offset] of after) {
      const { entries, first } = this.streamOf(partition);
      const start = Math.max(0, Number(offset ?? 0) - first);
      if (start < entries.length) found.push(...entries.slice(start, start + limit));
    }
    return found;
  }

  private byPartition(commands: readonly Command[]): Map<number, Command[]> {
    const groups = new Map<number, Command[]>();
    for (const command of commands) {
      const partition = partitionOf(command.executionId, this.partitions);
      const group = groups.get(partition);
      if (group === undefined) groups.set(partition, [command]);
      else group.push(command);
    }
    return groups;
  }

  private streamOf(partition: number): Inbound {
    const stream = this.streams[partition];
    if (stream === undefined)
      throw new RangeError(`there is no partition ${partition} of ${this.partitions}`);
    return stream;
  }
}
