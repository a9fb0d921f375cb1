import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { ArchiveOutbox, JournalEvent, JournalSlice, OutboxBatch } from '@workflow-engine/execution';
import { partitionOf } from '@workflow-engine/execution';

import { BlockingReads } from './connection/blocking-reads';
import type { Argument, RedisConnection } from './connection/redis-connection';
import { unpackElement, unpackNote } from './encoding/journal-slice';
import type { SliceNote } from './encoding/journal-slice';
import { type StreamEntry, entriesOf, isAfter } from './encoding/stream-reply';
import { isReply } from './errors';

/** The consumer group of all archivers. */
const ARCHIVERS = 'archivers';
const ENTRIES_PER_STREAM = 32;
/** What another archiver took and did not confirm for so long is taken over. */
const TAKE_OVER_AFTER_MS = 60_000;
const LOOK_FOR_STALLED_MS = 10_000;
const GATHER_MS = 25;

/** An entry of the outbox in the hands of this archiver. */
interface TakenEntry {
  readonly partition: number;
  readonly id: string;
  readonly slices: number;
  /** Slices not confirmed yet. */
  open: number;
}

interface TakenSlice {
  readonly receipt: string;
  readonly entry: TakenEntry;
  /** Within the entry. */
  readonly index: number;
  readonly slice: JournalSlice;
}

/** One stream per partition; an entry has all slices of one commit. */
export class RedisArchiveOutbox implements ArchiveOutbox {
  private readonly consumer = `archiver-${randomUUID()}`;
  private readonly reads: BlockingReads;
  /** Taken from Redis and not handed out. */
  private buffer: TakenSlice[] = [];
  private readonly handedOut = new Map<string, TakenSlice>();
  /** Entries in the hands of this archiver, as `partition|id`. */
  private readonly held = new Set<string>();
  private lookForStalledAt = 0;
  /** A reply was lost on the way: there may be entries that count as ours and never arrived. */
  private mayHaveMissed = false;
  private lastFetchAt = 0;
  private lastFetch: Promise<void> = Promise.resolve();

  constructor(private readonly connection: RedisConnection) {
    this.reads = new BlockingReads(connection, 'archive');
  }

  async take(limit: number, waitMs: number, signal?: AbortSignal): Promise<OutboxBatch> {
    if (this.buffer.length === 0 && waitMs > 0) await this.gather(signal);
    if (this.buffer.length === 0) await (waitMs > 0 ? this.fetch(waitMs, signal) : this.fetchInTurn());
    const taken = this.buffer.splice(0, limit);
    for (const one of taken) this.handedOut.set(one.receipt, one);
    return { slices: taken.map(({ slice }) => slice), receipts: taken.map(({ receipt }) => receipt) };
  }

  async confirm({ receipts }: OutboxBatch): Promise<void> {
    const confirmed = receipts.flatMap((receipt) => this.handedOut.get(receipt) ?? []);
    const byPartition = new Map<number, TakenSlice[]>();
    for (const taken of confirmed) {
      const { partition } = taken.entry;
      const others = byPartition.get(partition);
      if (others === undefined) byPartition.set(partition, [taken]);
      else others.push(taken);
    }
    const dropped = await Promise.allSettled(
      Array.from(byPartition, ([partition, slices]) => this.drop(partition, slices)),
    );
    for (const result of dropped) {
      if (result.status === 'fulfilled') continue;
      // What is left of them is archived once more, which changes nothing, and confirmed then.
      await this.giveBack({ slices: [], receipts });
      throw result.reason;
    }
  }

  async giveBack({ receipts }: OutboxBatch): Promise<void> {
    const back = receipts.flatMap((receipt) => this.handedOut.get(receipt) ?? []);
    for (const { receipt } of back) this.handedOut.delete(receipt);
    this.buffer.push(...back);
    this.buffer.sort(byPlace);
  }

  async lag(): Promise<number> {
    const counts = await Promise.all(
      this.partitions().map((partition) =>
        this.connection.send('GET', this.connection.keys.partition(partition).outboxLag),
      ),
    );
    return counts.reduce<number>((lag, count) => lag + Number(count ?? 0), 0);
  }

  /** A busy archiver lets a moment's commits come together: each batch costs it, Redis and the archive a turn. */
  private async gather(signal?: AbortSignal): Promise<void> {
    const pause = this.lastFetchAt + GATHER_MS - performance.now();
    if (pause > 0 && signal?.aborted !== true)
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    this.lastFetchAt = performance.now();
  }

  /** Whoever does not wait gets what another one, who was a moment earlier, has fetched too much. */
  private fetchInTurn(): Promise<void> {
    const fetched = this.lastFetch.then(async () => {
      if (this.buffer.length === 0) await this.fetch(0);
    });
    this.lastFetch = fetched.catch(() => undefined);
    return fetched;
  }

  private async fetch(waitMs: number, signal?: AbortSignal): Promise<void> {
    await this.takeOverStalled();
    if (this.mayHaveMissed) await this.takeMissed();
    if (this.buffer.length > 0) return;
    const partitions = new Map<string, number>();
    const reads = this.connection.readableTogether(this.partitions()).map((group) => {
      const streams = group.map((partition) => {
        const { outbox } = this.connection.keys.partition(partition);
        partitions.set(outbox, partition);
        return outbox;
      });
      return {
        lane: this.connection.isCluster ? (streams[0] ?? '') : 'all',
        command: 'XREADGROUP' as const,
        head: ['GROUP', ARCHIVERS, this.consumer, 'COUNT', ENTRIES_PER_STREAM],
        tail: ['STREAMS', ...streams, ...streams.map(() => '>')],
      };
    });
    try {
      for (const [stream, entries] of entriesOf(await this.reads.read(reads, waitMs, signal))) {
        const partition = partitions.get(stream);
        if (partition !== undefined) for (const entry of entries) await this.keep(partition, entry);
      }
    } catch (error) {
      this.mayHaveMissed = true;
      if (!isReply(error, 'NOGROUP') && !isReply(error, 'UNBLOCKED')) throw error;
      await this.createGroups();
      await this.fetch(waitMs, signal);
    }
  }

  private async createGroups(): Promise<void> {
    await Promise.all(
      this.partitions().map(async (partition) => {
        const { outbox } = this.connection.keys.partition(partition);
        try {
          await this.connection.send('XGROUP', 'CREATE', outbox, ARCHIVERS, '0', 'MKSTREAM');
        } catch (error) {
          if (!isReply(error, 'BUSYGROUP')) throw error;
        }
      }),
    );
  }

  /** From time to time: what an archiver that is gone had taken. */
  private async takeOverStalled(): Promise<void> {
    if (performance.now() < this.lookForStalledAt) return;
    this.lookForStalledAt = performance.now() + LOOK_FOR_STALLED_MS;
    await this.createGroups();
    await Promise.all(
      this.partitions().map(async (partition) => {
        const { outbox } = this.connection.keys.partition(partition);
        const options = [this.consumer, TAKE_OVER_AFTER_MS, '0-0', 'COUNT', ENTRIES_PER_STREAM];
        const reply = await this.connection.send('XAUTOCLAIM', outbox, ARCHIVERS, ...options);
        const [, entries] = reply as readonly [string, readonly (StreamEntry | null)[]];
        for (const entry of entries) if (entry !== null) await this.keep(partition, entry);
      }),
    );
  }

  private async takeMissed(): Promise<void> {
    await this.createGroups();
    await Promise.all(
      this.partitions().map(async (partition) => {
        const { outbox } = this.connection.keys.partition(partition);
        const options = ['GROUP', ARCHIVERS, this.consumer, 'STREAMS', outbox, '0'];
        const reply = await this.connection.send('XREADGROUP', ...options);
        for (const [, entries] of entriesOf(reply === null ? [] : [reply]))
          for (const [id, fields] of entries as readonly (readonly [string, string[] | null])[])
            if (fields !== null) await this.keep(partition, [id, fields]);
      }),
    );
    this.mayHaveMissed = false;
  }

  private async keep(partition: number, [id, fields]: StreamEntry): Promise<void> {
    const name = `${partition}|${id}`;
    if (this.held.has(name)) return;
    this.held.add(name);
    const entry: TakenEntry = { partition, id, slices: fields.length / 2, open: fields.length / 2 };
    try {
      const notes: SliceNote[] = [];
      for (let index = 0; index + 1 < fields.length; index += 2)
        notes.push(unpackNote(fields[index] ?? '', fields[index + 1] ?? ''));
      const slices = await Promise.all(notes.map((note) => this.sliceOf(note)));
      for (const [index, slice] of slices.entries())
        this.buffer.push({ receipt: `${partition}|${id}|${index}`, entry, index, slice });
      this.buffer.sort(byPlace);
    } catch (error) {
      this.held.delete(name);
      if (!(error instanceof SyntaxError)) throw error;
      const { outbox, malformed } = this.connection.keys.partition(partition);
      await this.connection.run(
        'setAside',
        [outbox, malformed, outbox, outbox],
        [ARCHIVERS, id, String(error), ''],
      );
      this.connection.settings.log.error('an entry of the outbox cannot be read and was set aside', {
        stream: outbox,
        entry: id,
        set_aside_in: malformed,
        err: error,
      });
    }
  }

  /** A large slice is in the hot journal; when that is gone, the slice was archived before. */
  private async sliceOf({ executionId, terminal, first, last, events }: SliceNote): Promise<JournalSlice> {
    if (events !== undefined) return { executionId, terminal, events };
    const { keys } = this.connection;
    const journal = keys.journal(partitionOf(executionId, keys.partitions), executionId);
    const elements = await this.connection.run('readJournal', [journal], [first - 1]);
    const found: JournalEvent[] = ((elements ?? []) as readonly string[])
      .flatMap((element) => unpackElement(element).events ?? [])
      .filter(({ seq }) => seq >= first && seq <= last);
    return { executionId, terminal, events: found };
  }

  private async drop(partition: number, confirmed: readonly TakenSlice[]): Promise<void> {
    const { keys } = this.connection;
    const { outbox, outboxLag } = keys.partition(partition);
    const done = new Set<TakenEntry>();
    const counts = new Map<TakenEntry, number>();
    for (const { entry } of confirmed) counts.set(entry, (counts.get(entry) ?? 0) + 1);
    for (const [entry, count] of counts) if (entry.open === count) done.add(entry);
    const names = [outbox, outboxLag];
    const args: Argument[] = [ARCHIVERS, done.size];
    for (const { id, slices } of done) args.push(id, slices);
    for (const { slice } of confirmed) {
      const last = slice.events.at(-1)?.seq;
      if (!slice.terminal || last === undefined) continue;
      names.push(keys.journal(partition, slice.executionId), keys.payloads(partition, slice.executionId));
      args.push(last);
    }
    if (args.length > 2) await this.connection.run('dropArchived', names, args);
    for (const [entry, count] of counts) entry.open -= count;
    for (const { id } of done) this.held.delete(`${partition}|${id}`);
    for (const { receipt } of confirmed) this.handedOut.delete(receipt);
  }

  private partitions(): readonly number[] {
    return Array.from({ length: this.connection.keys.partitions }, (_, partition) => partition);
  }
}

/** The order of the streams, whatever the order in which slices were read or given back. */
function byPlace(a: TakenSlice, b: TakenSlice): number {
  if (a.entry === b.entry) return a.index - b.index;
  if (a.entry.partition !== b.entry.partition) return a.entry.partition - b.entry.partition;
  return isAfter(a.entry.id, b.entry.id) ? 1 : -1;
}
