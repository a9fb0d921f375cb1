import type {
  CommitBatch,
  DueTimers,
  ExecutionStore,
  Fenced,
  JournalEvent,
  Overtaken,
  PartitionLease,
  PartitionProgress,
  Timer,
} from '@workflow-engine/execution';
import { partitionOf } from '@workflow-engine/execution';

import { commitCall, commitIdOf, timerRef } from './commit-arguments';
import { chunksOf } from './commit-chunks';
import type { RedisConnection } from './connection/redis-connection';
import { eventsOf } from './hot-journal';

export interface RedisExecutionStoreOptions {
  /**
   * Packets into which a turn's tasks of one queue and partition are spread before they grow. Default: 1, because
   * a worker that has no room for a whole packet leaves the rest to others anyway.
   */
  readonly spread?: number;
}

/** When the earliest timer of a partition is due, as far as this process knows, and for how long it believes so. */
interface KnownTimer {
  nextDueAt: number | undefined;
  readonly until: number;
}

type ProgressReply = readonly [
  timeline: string | null,
  turn: string | null,
  offset: string | null,
  isResumed: number,
];

/** The owner of a partition learns of its timers by its own commits; this bounds what a surprise can cost. */
const TIMERS_KNOWN_MS = 500;
const DEFAULT_SPREAD = 1;

export class RedisExecutionStore implements ExecutionStore {
  private readonly knownTimers = new Map<number, KnownTimer>();

  constructor(
    private readonly connection: RedisConnection,
    private readonly options: RedisExecutionStoreOptions = {},
  ) {}

  async commit(
    { partition, epoch }: PartitionLease,
    batch: CommitBatch,
  ): Promise<'committed' | Fenced | Overtaken> {
    const { spread = DEFAULT_SPREAD } = this.options;
    const commitId = commitIdOf(batch);
    for (const [chunk, part] of chunksOf(batch).entries()) {
      const call = { partition, epoch, commitId, chunk, batch: part, spread };
      const { keys, args } = commitCall(this.connection.keys, call);
      const result = (await this.connection.run('commit', keys, args)) as 'committed' | Fenced | Overtaken;
      if (result === 'committed') continue;
      this.knownTimers.delete(partition);
      return result;
    }
    this.noteTimers(partition, batch);
    return 'committed';
  }

  async progress(partition: number): Promise<PartitionProgress> {
    this.knownTimers.delete(partition);
    const { lease } = this.connection.keys.partition(partition);
    const reply = await this.connection.run('progress', [lease], []);
    const [timeline, turn, offset, isResumed] = reply as ProgressReply;
    return {
      timeline: Number(timeline ?? 0),
      turn: Number(turn ?? 0),
      offset: offset ?? undefined,
      isResumed: isResumed === 1,
    };
  }

  async reset(lease: PartitionLease): Promise<'reset' | Fenced> {
    const { keys } = this.connection;
    const of = keys.partition(lease.partition);
    const kept = new Set([of.lease, of.archiveLease, of.malformed]);
    if ((await this.drop(lease, [])) === 'fenced') return 'fenced';
    for await (const found of this.connection.scan(of.lease, keys.patternOf(lease.partition))) {
      const dropped = found.filter((key) => !kept.has(key));
      if (dropped.length > 0 && (await this.drop(lease, dropped)) === 'fenced') return 'fenced';
    }
    this.knownTimers.delete(lease.partition);
    return this.drop(lease, [], 'end');
  }

  async resume({ partition, epoch }: PartitionLease, turn: number): Promise<'resumed' | Fenced> {
    const { lease } = this.connection.keys.partition(partition);
    return (await this.connection.run('resume', [lease], [epoch, turn])) as 'resumed' | Fenced;
  }

  async read(executionId: string, afterSeq: number): Promise<readonly JournalEvent[] | undefined> {
    const { keys } = this.connection;
    const journal = keys.journal(partitionOf(executionId, keys.partitions), executionId);
    const elements = (
      afterSeq > 0
        ? await this.connection.run('readJournal', [journal], [afterSeq])
        : await this.connection.send('LRANGE', journal, 0, -1)
    ) as readonly string[] | null;
    if (elements === null || (afterSeq <= 0 && elements.length === 0)) return undefined;
    const events = eventsOf(elements);
    return (events[0]?.seq ?? 0) > afterSeq ? events : events.filter(({ seq }) => seq > afterSeq);
  }

  async known(executionIds: readonly string[]): Promise<ReadonlySet<string>> {
    const { keys } = this.connection;
    const byPartition = new Map<number, string[]>();
    for (const id of executionIds) {
      const partition = partitionOf(id, keys.partitions);
      const others = byPartition.get(partition);
      if (others === undefined) byPartition.set(partition, [id]);
      else others.push(id);
    }
    const known = await Promise.all(
      Array.from(byPartition, ([partition, ids]) => this.knownIn(partition, ids)),
    );
    return new Set(known.flat());
  }

  /** Mostly all of them or none, which one call tells. */
  private async knownIn(partition: number, ids: readonly string[]): Promise<readonly string[]> {
    const journals = ids.map((id) => this.connection.keys.journal(partition, id));
    const count = await this.connection.send('EXISTS', ...journals);
    if (count === 0) return [];
    if (count === ids.length) return ids;
    const found = await Promise.all(journals.map((journal) => this.connection.send('EXISTS', journal)));
    return ids.filter((_, index) => found[index] === 1);
  }

  async timersDue(partitions: readonly number[], now: number, limit: number): Promise<DueTimers> {
    const found = await Promise.all(partitions.map((partition) => this.timersOf(partition, now, limit)));
    const next = Math.min(...found.map(({ nextDueAt }) => nextDueAt ?? Infinity));
    return { due: found.flatMap(({ due }) => due), nextDueAt: Number.isFinite(next) ? next : undefined };
  }

  /** Whoever is not the owner any more drops nothing of what the next one has. */
  private async drop(
    { partition, epoch }: PartitionLease,
    found: readonly string[],
    end: 'end' | '' = '',
  ): Promise<'reset' | Fenced> {
    const { lease } = this.connection.keys.partition(partition);
    return (await this.connection.run('reset', [lease, ...found], [epoch, end])) as 'reset' | Fenced;
  }

  private async timersOf(partition: number, now: number, limit: number): Promise<DueTimers> {
    const known = this.knownTimers.get(partition);
    if (known !== undefined && performance.now() < known.until && (known.nextDueAt ?? Infinity) > now)
      return { due: [], nextDueAt: known.nextDueAt };
    const earliest = await this.earliestTimers(partition, 1);
    const due = (timers: readonly Timer[]): Timer[] => timers.filter(({ dueAt }) => dueAt <= now);
    const timers = due(earliest).length === 0 ? earliest : await this.earliestTimers(partition, limit + 1);
    const nextDueAt = timers.find(({ dueAt }) => dueAt > now)?.dueAt;
    if (due(timers).length === 0)
      this.knownTimers.set(partition, { nextDueAt, until: performance.now() + TIMERS_KNOWN_MS });
    return { due: due(timers).slice(0, limit), nextDueAt };
  }

  private async earliestTimers(partition: number, limit: number): Promise<Timer[]> {
    const { timers } = this.connection.keys.partition(partition);
    const reply = (await this.connection.send(
      'ZRANGE',
      timers,
      0,
      limit - 1,
      'WITHSCORES',
    )) as readonly string[];
    const earliest: Timer[] = [];
    for (let index = 0; index + 1 < reply.length; index += 2)
      earliest.push({ ...timerRef(reply[index] ?? ''), dueAt: Number(reply[index + 1]) });
    return earliest;
  }

  private noteTimers(partition: number, { timersCleared, timersSet }: CommitBatch): void {
    const known = this.knownTimers.get(partition);
    if (known === undefined) return;
    if (timersCleared.length > 0) {
      this.knownTimers.delete(partition);
      return;
    }
    for (const { dueAt } of timersSet) known.nextDueAt = Math.min(known.nextDueAt ?? Infinity, dueAt);
  }
}
