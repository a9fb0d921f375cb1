import { InMemoryArchiveOutbox, InMemoryOutbox } from '../../src/in-memory/in-memory-archive-outbox';
import { InMemoryEventStream } from '../../src/in-memory/in-memory-event-stream';
import { InMemoryExecutionFeed } from '../../src/in-memory/in-memory-execution-feed';
import { InMemoryExecutionStore } from '../../src/in-memory/in-memory-execution-store';
import { InMemoryPartitionLeases } from '../../src/in-memory/in-memory-partition-leases';
import { InMemoryTaskQueue } from '../../src/in-memory/in-memory-task-queue';
import { InMemoryWorkerDirectory } from '../../src/in-memory/in-memory-worker-directory';
import type { Clock } from '../../src/ports/clock';
import type { InboundEntry } from '../../src/ports/event-stream';
import type { OutboxSlice } from '../../src/ports/archive-outbox';
import type { Service } from './network';

/** What the server had at some moment. */
export interface Backup {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly states: readonly object[];
}

/** The hot store as one server, that goes away and comes back with what it had, or with less. */
export class HotServer implements Service {
  isUp = true;
  incarnation = 0;
  readonly leases: InMemoryPartitionLeases;
  readonly archiveLeases: InMemoryPartitionLeases;
  readonly stream: InMemoryEventStream;
  readonly tasks: InMemoryTaskQueue;
  readonly outbox: InMemoryOutbox;
  readonly feed = new InMemoryExecutionFeed();
  readonly workers: InMemoryWorkerDirectory;
  readonly store: InMemoryExecutionStore;
  /** Before anything was written. */
  readonly empty: Backup;

  /** Its clock, see {@link SimulatedProcess.aheadMs}. */
  aheadMs = 0;

  /** `retainedEvents`: of executions that are over and archived. */
  constructor(
    private readonly trueTime: Clock,
    readonly partitions: number,
    retainedEvents?: number,
  ) {
    const clock: Clock = {
      now: () => trueTime.now() + this.aheadMs,
      sleep: (ms, signal) => trueTime.sleep(ms, signal),
    };
    this.leases = new InMemoryPartitionLeases(clock);
    this.archiveLeases = new InMemoryPartitionLeases(clock);
    this.stream = new InMemoryEventStream(partitions, clock);
    this.tasks = new InMemoryTaskQueue(this.stream, clock);
    this.outbox = new InMemoryOutbox(clock);
    this.workers = new InMemoryWorkerDirectory(clock);
    this.store = new InMemoryExecutionStore(this, retainedEvents);
    this.empty = this.backup();
  }

  backup(): Backup {
    return { at: this.trueTime.now(), states: this.durable().map(dataOf) };
  }

  stop(): void {
    this.isUp = false;
    this.incarnation += 1;
  }

  /** Comes back with what it had when it was stopped, or with a backup. */
  start(backup = this.backup()): void {
    for (const [index, part] of this.durable().entries()) Object.assign(part, copyOf(backup.states[index]));
    // Leases do not outlive a restart.
    for (const leases of [this.leases, this.archiveLeases])
      Object.assign(leases, copyOf(this.empty.states[0]));
    this.store.restart();
    this.isUp = true;
  }

  /** What waits for its partition's writer. */
  inbound(): Promise<readonly InboundEntry[]> {
    const after = new Map(this.allPartitions().map((partition) => [partition, undefined]));
    return this.stream.read({ after, limit: Infinity, waitMs: 0 });
  }

  /** What is waiting, under way or not archived; nothing when all is at rest. */
  async leftovers(): Promise<readonly string[]> {
    const entries = await this.inbound();
    const timers = await this.store.timersDue(this.allPartitions(), Infinity, 100);
    const depths = await this.tasks.depths();
    return [
      ...entries.map(({ commands }) => `inbound ${JSON.stringify(commands).slice(0, 300)}`),
      ...timers.due.map((timer) => `timer ${JSON.stringify(timer)}`),
      ...depths
        .filter(({ waiting, claimed }) => waiting + claimed > 0)
        .map((depth) => `queue ${JSON.stringify(depth)}`),
      ...(this.outbox.size > 0 ? [`${this.outbox.size} slices not archived`] : []),
    ];
  }

  /** What is not archived. */
  async unarchived(): Promise<readonly OutboxSlice[]> {
    const taker = new InMemoryArchiveOutbox(this.outbox);
    const { slices } = await taker.take({ partitions: this.allPartitions(), limit: Infinity, waitMs: 0 });
    return slices;
  }

  private allPartitions(): number[] {
    return Array.from({ length: this.partitions }, (_, partition) => partition);
  }

  private durable(): readonly object[] {
    return [this.leases, this.stream, this.tasks, this.outbox, this.store];
  }
}

/** A copy of what a part has stored: its collections. Counters are left alone: handles are never given out twice. */
function dataOf(part: object): object {
  const isData = (value: unknown): boolean => value instanceof Map || Array.isArray(value);
  return copyOf(Object.fromEntries(Object.entries(part).filter(([, value]) => isData(value))));
}

/** With the same references between its parts. */
function copyOf<T>(value: T, copies = new Map<unknown, unknown>()): T {
  if (typeof value !== 'object' || value === null) return value;
  const known = copies.get(value);
  if (known !== undefined) return known as T;
  const copy: object =
    value instanceof Map
      ? new Map()
      : Array.isArray(value)
        ? []
        : (Object.create(Object.getPrototypeOf(value) as object) as object);
  copies.set(value, copy);
  if (value instanceof Map)
    for (const [key, item] of value) (copy as Map<unknown, unknown>).set(key, copyOf(item, copies));
  else
    for (const [key, item] of Object.entries(value)) Reflect.set(copy, key, copyOf(item as unknown, copies));
  return copy as T;
}
