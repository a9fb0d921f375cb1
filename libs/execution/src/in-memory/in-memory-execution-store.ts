import type { JournalEvent } from '../decider/events';
import type { OutboxSlice } from '../ports/archive-outbox';
import { partitionOf } from '../partition';
import type {
  CommitBatch,
  DueTimers,
  ExecutionStore,
  Fenced,
  JournalSlice,
  Overtaken,
  PartitionProgress,
} from '../ports/execution-store';
import type { PartitionLease } from '../ports/partition-leases';
import type { InMemoryOutbox } from './in-memory-archive-outbox';
import type { InMemoryEventStream } from './in-memory-event-stream';
import type { InMemoryExecutionFeed } from './in-memory-execution-feed';
import type { InMemoryPartitionLeases } from './in-memory-partition-leases';
import type { InMemoryTaskQueue } from './in-memory-task-queue';
import { TimerHeap } from './timer-heap';

export interface InMemoryExecutionStoreParts {
  readonly leases: InMemoryPartitionLeases;
  readonly stream: InMemoryEventStream;
  readonly tasks: InMemoryTaskQueue;
  readonly outbox: InMemoryOutbox;
  readonly feed: InMemoryExecutionFeed;
}

const UNKNOWN: PartitionProgress = { timeline: 0, turn: 0, offset: undefined, isResumed: false };
const RETAINED_EVENTS = 200_000;

export class InMemoryExecutionStore implements ExecutionStore {
  private readonly journals = new Map<string, JournalEvent[]>();
  private readonly timers: TimerHeap[];
  private readonly progresses = new Map<number, PartitionProgress>();
  /** By partition, to recognise one that is repeated. */
  private readonly lastBatches = new Map<number, CommitBatch>();
  /** Finished and archived, oldest first. */
  private readonly retained = new Map<string, number>();
  private retainedEvents = 0;

  /** `retainedAtMost`: finished executions stay readable here until more than so many of their events are held. */
  constructor(
    private readonly parts: InMemoryExecutionStoreParts,
    private readonly retainedAtMost = RETAINED_EVENTS,
  ) {
    this.timers = Array.from({ length: parts.stream.partitions }, () => new TimerHeap());
    parts.outbox.onArchived((slices) => this.retain(slices));
    parts.tasks.locatedBy((executionId) => this.progressOf(executionId));
  }

  async commit(lease: PartitionLease, batch: CommitBatch): Promise<'committed' | Fenced | Overtaken> {
    const { leases, stream, tasks, outbox, feed } = this.parts;
    const { partition } = lease;
    const { turn } = batch;
    const { timeline, turn: last, offset } = await this.progress(partition);
    if (!leases.isCurrent(lease)) return 'fenced';
    if (this.lastBatches.get(partition) === batch) return 'committed';
    if (turn !== last + 1) return 'fenced';
    if (tasks.isFollowed(batch.withdrawn)) return 'overtaken';
    this.lastBatches.set(partition, batch);
    this.progresses.set(partition, { timeline, turn, offset: batch.offset ?? offset, isResumed: true });
    for (const slice of batch.journals) this.append(slice);
    for (const ref of batch.timersCleared) this.timersOf(partition).clear(ref);
    for (const timer of batch.timersSet) this.timersOf(partition).set(timer);
    tasks.withdraw(batch.withdrawn);
    tasks.withdraw(batch.followed.map(({ after }) => after));
    tasks.add(batch.tasks);
    tasks.revoke(batch.revoked);
    if (batch.offset !== undefined) stream.trim(partition, batch.offset);
    outbox.add(partition, turn, batch.journals);
    feed.publish(batch.journals);
    return 'committed';
  }

  async progress(partition: number): Promise<PartitionProgress> {
    return this.progresses.get(partition) ?? UNKNOWN;
  }

  async reset(lease: PartitionLease): Promise<'reset' | Fenced> {
    const { leases, stream, tasks, outbox } = this.parts;
    if (!leases.isCurrent(lease)) return 'fenced';
    const { partition } = lease;
    const isOfIt = (executionId: string): boolean =>
      partitionOf(executionId, stream.partitions) === partition;
    for (const executionId of this.journals.keys()) if (isOfIt(executionId)) this.forget(executionId);
    this.timers[partition] = new TimerHeap();
    this.progresses.delete(partition);
    tasks.drop(isOfIt);
    outbox.drop(partition);
    stream.drop(partition);
    return 'reset';
  }

  async resume(lease: PartitionLease, turn: number): Promise<'resumed' | Fenced> {
    const { leases, outbox } = this.parts;
    if (!leases.isCurrent(lease)) return 'fenced';
    const { partition, epoch: timeline } = lease;
    const { offset } = await this.progress(partition);
    this.progresses.set(partition, { timeline, turn, offset, isResumed: true });
    outbox.begin(partition, timeline);
    return 'resumed';
  }

  /** As if it had been started anew with what it has. */
  restart(): void {
    for (const [partition, progress] of this.progresses) {
      this.progresses.set(partition, { ...progress, isResumed: false });
    }
  }

  async read(executionId: string, afterSeq: number): Promise<readonly JournalEvent[] | undefined> {
    const events = this.journals.get(executionId);
    const firstSeq = events?.[0]?.seq ?? 1;
    return events?.slice(Math.max(0, afterSeq - firstSeq + 1));
  }

  async known(executionIds: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(executionIds.filter((id) => this.journals.has(id)));
  }

  async timersDue(partitions: readonly number[], now: number, limit: number): Promise<DueTimers> {
    const found = partitions.map((partition) => this.timersOf(partition).due(now, limit));
    const next = Math.min(...found.map(({ nextDueAt }) => nextDueAt ?? Infinity));
    return { due: found.flatMap(({ due }) => due), nextDueAt: Number.isFinite(next) ? next : undefined };
  }

  private progressOf(executionId: string): PartitionProgress {
    const partition = partitionOf(executionId, this.parts.stream.partitions);
    return this.progresses.get(partition) ?? UNKNOWN;
  }

  private append({ executionId, events }: JournalSlice): void {
    const journal = this.journals.get(executionId);
    if (journal === undefined) {
      this.journals.set(executionId, [...events]);
      return;
    }
    for (const event of events) journal.push(event);
    this.retainedEvents -= this.retained.get(executionId) ?? 0;
    this.retained.delete(executionId);
  }

  private retain(archived: readonly OutboxSlice[]): void {
    for (const { executionId, section, terminal } of archived) {
      const journal = this.journals.get(executionId);
      if (!terminal || journal === undefined || this.retained.has(executionId)) continue;
      // An older slice says nothing about an execution that went on since.
      if (journal.at(-1)?.seq !== section.last) continue;
      this.retained.set(executionId, journal.length);
      this.retainedEvents += journal.length;
    }
    for (const executionId of this.retained.keys()) {
      if (this.retainedEvents <= this.retainedAtMost) return;
      this.forget(executionId);
    }
  }

  private forget(executionId: string): void {
    this.retainedEvents -= this.retained.get(executionId) ?? 0;
    this.retained.delete(executionId);
    this.journals.delete(executionId);
  }

  private timersOf(partition: number): TimerHeap {
    const timers = this.timers[partition];
    if (timers === undefined) throw new RangeError(`there is no partition ${partition}`);
    return timers;
  }
}
