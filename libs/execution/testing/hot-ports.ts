/** What the suites of the hot ports share: the adapters under test and small pieces of what goes through them. */
import type { Command, TaskOutcome } from '../src/decider/commands';
import { partitionOf } from '../src/partition';
import type { HotPorts } from '../src/embedded/in-memory-hot-ports';
import type { OutboxBatch } from '../src/ports/archive-outbox';
import type { EventStream } from '../src/ports/event-stream';
import type { CommitBatch, JournalSlice } from '../src/ports/execution-store';
import type { PartitionLease } from '../src/ports/partition-leases';
import type { ClaimedTask, Task } from '../src/ports/task-queue';
import { newId, someEvents } from './builders';

/** Every hot port of one technology over one store, which is empty at first. */
export interface HotPortsFixture extends HotPorts {
  readonly partitions: number;
  /** Lets so many milliseconds pass, as the adapters count them. */
  readonly advance: (ms: number) => Promise<void>;
  close(): Promise<void>;
}

export type HotPortsSetup = () => Promise<HotPortsFixture>;

/** Longer than any test. */
export const LONG_MS = 60_000;

export function newExecutionIn(partition: number, partitions: number): string {
  for (;;) {
    const id = newId();
    if (partitionOf(id, partitions) === partition) return id;
  }
}

export function aTask(overrides: Partial<Task> = {}): Task {
  return {
    executionId: newId(),
    nodeId: 'n',
    attempt: 1,
    delivery: 1,
    queue: 'default',
    handler: 'work',
    config: {},
    secrets: [],
    reportStart: false,
    ...overrides,
  };
}

export function aSlice(executionId: string, from: number, to: number, terminal = false): JournalSlice {
  return { executionId, events: someEvents(from, to), terminal };
}

/** The first commit of a partition, unless its turn says otherwise. */
export function aBatch(overrides: Partial<CommitBatch> = {}): CommitBatch {
  return {
    turn: 1,
    journals: [],
    tasks: [],
    revoked: [],
    withdrawn: [],
    followed: [],
    timersCleared: [],
    timersSet: [],
    ...overrides,
  };
}

export function succeeded({ executionId, nodeId, attempt }: Task, output: string): TaskOutcome {
  return { type: 'TaskSucceeded', executionId, nodeId, attempt, output, report: { worker: 'w' } };
}

/** Of a partition that is resumed. */
export async function aLease({ leases, store }: HotPorts, partition: number): Promise<PartitionLease> {
  const lease = await leases.acquire(partition, `owner-${newId()}`, LONG_MS);
  if (lease === undefined) throw new Error(`partition ${partition} is not to be had`);
  const { turn } = await store.progress(partition);
  const result = await store.resume(lease, turn);
  if (result !== 'resumed') throw new Error(`partition ${partition} was ${result}`);
  return lease;
}

/** From all partitions. */
export function takeFrom(
  { outbox, partitions }: HotPortsFixture,
  limit: number,
  waitMs = 0,
  signal?: AbortSignal,
): Promise<OutboxBatch> {
  const all = Array.from({ length: partitions }, (_, partition) => partition);
  return outbox.take({ partitions: all, limit, waitMs, ...(signal !== undefined && { signal }) });
}

/** Slices as they were committed. */
export function slicesOf({ slices }: OutboxBatch): readonly JournalSlice[] {
  return slices.map(({ executionId, section, terminal }) => ({
    executionId,
    events: section.events,
    terminal,
  }));
}

/** The batch, whatever its turn, as the next one of the partition. */
export async function commitNext(
  { store }: HotPorts,
  lease: PartitionLease,
  batch: CommitBatch,
): Promise<void> {
  const { turn } = await store.progress(lease.partition);
  const result = await store.commit(lease, { ...batch, turn: turn + 1 });
  if (result !== 'committed') throw new Error(`the commit was ${result}`);
}

/** Leases by store: a test may have several writers, which then write under the same ones. */
const leasesOf = new WeakMap<HotPortsFixture, Map<number, PartitionLease>>();

/** Commits to partitions, each under a lease of its own. */
export class Writers {
  private readonly leases: Map<number, PartitionLease>;

  constructor(private readonly fixture: HotPortsFixture) {
    this.leases = leasesOf.get(fixture) ?? new Map<number, PartitionLease>();
    leasesOf.set(fixture, this.leases);
  }

  /** Everything in the batch must be of the execution's partition; it is the next commit there. */
  async commit(executionId: string, batch: CommitBatch): Promise<void> {
    const partition = partitionOf(executionId, this.fixture.partitions);
    const lease = this.leases.get(partition) ?? (await aLease(this.fixture, partition));
    this.leases.set(partition, lease);
    await commitNext(this.fixture, lease, batch);
  }

  /** Puts tasks of one execution into their queues, with the event that each commit has. */
  async enqueue(tasks: readonly Task[], seq = 1): Promise<void> {
    const [first] = tasks;
    if (first === undefined) return;
    const { executionId } = first;
    await this.commit(executionId, aBatch({ journals: [aSlice(executionId, seq, seq)], tasks }));
  }
}

/** Everything in all partitions, in the order of each. */
export async function allCommands(stream: EventStream, partitions: number): Promise<readonly Command[]> {
  const after = new Map(Array.from({ length: partitions }, (_, partition) => [partition, undefined]));
  const entries = await stream.read({ after, limit: 10_000, waitMs: 0 });
  return entries.flatMap(({ commands }) => commands);
}

export function only(claimed: readonly ClaimedTask[]): ClaimedTask {
  const [one, ...others] = claimed;
  if (one === undefined || others.length > 0) throw new Error(`one task was expected, not ${claimed.length}`);
  return one;
}

/** Collects what listeners are told, and lets a test wait for it. */
export class Recorder<T> {
  readonly seen: T[] = [];
  private changed: () => void = () => undefined;

  readonly listen = (value: T): void => {
    this.seen.push(value);
    this.changed();
  };

  async atLeast(count: number): Promise<readonly T[]> {
    while (this.seen.length < count) await new Promise<void>((resolve) => (this.changed = resolve));
    return this.seen;
  }
}
