import { setTimeout as sleep } from 'node:timers/promises';

import type {
  ArchiveOutbox,
  HotPosition,
  OutboxBatch,
  OutboxSlice,
  TakeRequest,
} from '@workflow-engine/execution';

import { BlockingReads } from './connection/blocking-reads';
import type { Argument, RedisConnection } from './connection/redis-connection';
import { type StreamEntry, type StreamsReply, millisecondsOf } from './encoding/stream-reply';
import { type NotedSlice, noted } from './hot-journal';

const ENTRIES_PER_STREAM = 32;
const GATHER_MS = 100;
/** Before the first entry of every stream. */
const BEGINNING = '0-0';

/** An entry of the outbox: all slices of one chunk of a commit. */
interface TakenEntry {
  readonly id: string;
  /** Slices not confirmed yet. */
  open: number;
}

interface TakenSlice {
  readonly receipt: string;
  readonly entry: TakenEntry;
  readonly slice: OutboxSlice;
}

/** What this taker has of one partition. */
interface Taken {
  /**
   * Of what is read. It was looked up before the first read, so that it may be too old, which the archive refuses, but
   * never too new.
   */
  readonly timeline: number;
  /** The last entry that was read. */
  cursor: string;
  /** Read and not handed out, in order. */
  queue: TakenSlice[];
  readonly handedOut: Map<string, TakenSlice>;
}

/** One stream per partition. Whoever takes reads it from its beginning and remembers how far he has come. */
export class RedisArchiveOutbox implements ArchiveOutbox {
  private readonly arrivals: BlockingReads;
  private readonly taken = new Map<number, Taken>();
  /** The taking that ends last: they take turns. */
  private lastTaking: Promise<unknown> = Promise.resolve();
  private lastFetchAt = 0;
  /** The last fetch has left something behind, as far as is known. */
  private hasBacklog = false;

  constructor(private readonly connection: RedisConnection) {
    this.arrivals = new BlockingReads(connection, 'archive');
  }

  take(request: TakeRequest): Promise<OutboxBatch> {
    const taking = this.lastTaking.then(() => this.takeInTurn(request));
    // The server may be another one by now, whose streams are not those that were read.
    this.lastTaking = taking.catch(() => this.taken.clear());
    return taking;
  }

  async confirm({ receipts, slices }: OutboxBatch): Promise<void> {
    const byPartition = new Map<number, TakenSlice[]>();
    for (const [index, receipt] of receipts.entries()) {
      const partition = slices[index]?.position.partition ?? -1;
      const handedOut = this.taken.get(partition)?.handedOut;
      const confirmed = handedOut?.get(receipt);
      if (confirmed === undefined) continue;
      handedOut?.delete(receipt);
      const others = byPartition.get(partition);
      if (others === undefined) byPartition.set(partition, [confirmed]);
      else others.push(confirmed);
    }
    try {
      await Promise.all(Array.from(byPartition, ([partition, confirmed]) => this.drop(partition, confirmed)));
    } catch (error) {
      // What is left of them is archived once more, which changes nothing, and confirmed then.
      this.taken.clear();
      throw error;
    }
  }

  async giveBack({ slices }: OutboxBatch): Promise<void> {
    for (const { position } of slices) this.taken.delete(position.partition);
  }

  async lag(): Promise<number> {
    const { keys } = this.connection;
    const counts = await Promise.all(
      Array.from({ length: keys.partitions }, (_, partition) =>
        this.connection.send('XLEN', keys.partition(partition).outbox),
      ),
    );
    return counts.reduce<number>((lag, count) => lag + Number(count), 0);
  }

  private async takeInTurn({ partitions, limit, waitMs, signal }: TakeRequest): Promise<OutboxBatch> {
    const asked = new Set(partitions);
    for (const partition of this.taken.keys()) if (!asked.has(partition)) this.taken.delete(partition);
    if (!this.hasSome()) {
      if (waitMs > 0 && !this.hasBacklog) await this.gather(signal);
      await this.fetch(partitions);
    }
    if (!this.hasSome() && waitMs > 0 && signal?.aborted !== true) {
      await this.waitForArrival(partitions, waitMs, signal);
      await this.fetch(partitions);
    }
    return this.handOut(limit);
  }

  private hasSome(): boolean {
    for (const { queue } of this.taken.values()) if (queue.length > 0) return true;
    return false;
  }

  private handOut(limit: number): OutboxBatch {
    const slices: OutboxSlice[] = [];
    const receipts: string[] = [];
    for (const { queue, handedOut } of this.taken.values()) {
      for (const one of queue.splice(0, limit - slices.length)) {
        handedOut.set(one.receipt, one);
        slices.push(one.slice);
        receipts.push(one.receipt);
      }
    }
    return { slices, receipts };
  }

  /** A busy archiver lets a moment's commits come together: each batch costs it, Redis and the archive a turn. */
  private async gather(signal?: AbortSignal): Promise<void> {
    const pause = this.lastFetchAt + GATHER_MS - performance.now();
    if (pause > 0 && signal?.aborted !== true)
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    this.lastFetchAt = performance.now();
  }

  private async fetch(partitions: readonly number[]): Promise<void> {
    await Promise.all(partitions.map((partition) => this.begin(partition)));
    const replies = await Promise.all(
      this.connection.readableTogether(partitions).map(async (group) => {
        const args = ['COUNT', ENTRIES_PER_STREAM, ...this.streamsOf(group)];
        return (await this.connection.send('XREAD', ...args)) as StreamsReply | null;
      }),
    );
    const byStream = new Map(partitions.map((partition) => [this.streamOf(partition), partition]));
    const found = replies.flatMap((reply) => reply ?? []);
    this.hasBacklog = found.some(([, entries]) => entries.length === ENTRIES_PER_STREAM);
    for (const [stream, entries] of found) {
      const partition = byStream.get(stream) ?? -1;
      const taken = this.taken.get(partition);
      if (taken !== undefined) for (const entry of entries) await this.keep(partition, taken, entry);
    }
  }

  private async begin(partition: number): Promise<void> {
    if (this.taken.has(partition)) return;
    const { lease } = this.connection.keys.partition(partition);
    const timeline = Number((await this.connection.send('HGET', lease, 'timeline')) ?? 0);
    this.taken.set(partition, { timeline, cursor: BEGINNING, queue: [], handedOut: new Map() });
  }

  private async waitForArrival(
    partitions: readonly number[],
    waitMs: number,
    signal?: AbortSignal,
  ): Promise<void> {
    const reads = this.connection.readableTogether(partitions).map((group) => ({
      lane: this.streamOf(group[0] ?? 0),
      command: 'XREAD' as const,
      head: ['COUNT', 1],
      tail: this.streamsOf(group),
    }));
    await this.arrivals.read(reads, waitMs, signal);
  }

  private streamsOf(partitions: readonly number[]): Argument[] {
    const cursors = partitions.map((partition) => this.taken.get(partition)?.cursor ?? BEGINNING);
    return ['STREAMS', ...partitions.map((partition) => this.streamOf(partition)), ...cursors];
  }

  private async keep(partition: number, taken: Taken, [id, fields]: StreamEntry): Promise<void> {
    try {
      const { turn, slices } = await this.unpack(fields);
      const entry: TakenEntry = { id, open: slices.length };
      const position = { partition, timeline: taken.timeline, turn };
      const committedAt = millisecondsOf(id);
      for (const [index, slice] of slices.entries())
        taken.queue.push({
          receipt: `${partition}|${id}|${index}`,
          entry,
          slice: { ...slice, position, committedAt },
        });
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      await this.setAside(partition, id, error);
    }
    taken.cursor = id;
  }

  /** The turn of the commit, then key of the journal and element of each slice. @throws SyntaxError */
  private async unpack(
    fields: readonly string[],
  ): Promise<Pick<HotPosition, 'turn'> & { slices: NotedSlice[] }> {
    if (fields[0] !== 'turn') throw new SyntaxError('no entry of the outbox');
    const slices: NotedSlice[] = [];
    for (let index = 2; index + 1 < fields.length; index += 2)
      slices.push(await noted(this.connection, fields[index] ?? '', fields[index + 1] ?? ''));
    return { turn: Number(fields[1]), slices };
  }

  private async setAside(partition: number, id: string, error: SyntaxError): Promise<void> {
    const { outbox, malformed } = this.connection.keys.partition(partition);
    await this.connection.run('setAside', [outbox, malformed], [id, String(error)]);
    this.connection.settings.log.error('an entry of the outbox cannot be read and was set aside', {
      stream: outbox,
      entry: id,
      set_aside_in: malformed,
      err: error,
    });
  }

  private async drop(partition: number, confirmed: readonly TakenSlice[]): Promise<void> {
    const { keys } = this.connection;
    const { outbox } = keys.partition(partition);
    const done = confirmed.filter(({ entry }) => --entry.open === 0).map(({ entry }) => entry);
    const names = [outbox];
    const args: Argument[] = [done.length, ...done.map(({ id }) => id)];
    for (const { slice } of confirmed) {
      if (!slice.terminal || slice.section.size === 0) continue;
      names.push(keys.journal(partition, slice.executionId));
      args.push(slice.section.last);
    }
    if (args.length > 1) await this.connection.run('dropArchived', names, args);
  }

  private streamOf(partition: number): string {
    return this.connection.keys.partition(partition).outbox;
  }
}
