import { setTimeout as sleep } from 'node:timers/promises';

import type { ClaimRequest, ClaimedTask, TaskRef } from '@workflow-engine/execution';

import type { ClaimedPackets, QueuePlace } from './claimed-packets';
import { BlockingReads } from './connection/blocking-reads';
import type { BlockingRead, Lane } from './connection/blocking-reads';
import type { Argument, RedisConnection } from './connection/redis-connection';
import { entriesOf } from './encoding/stream-reply';
import { isReply } from './errors';
import { packetsOfReceipts } from './packet-receipt';
import { WORKERS, queueIndex } from './settle-call';

/** How much the latest packets count in the average of their sizes. */
const LATEST_SHARE = 0.2;
const MOST_ENTRIES_PER_STREAM = 8;
/** Partitions that are not resumed are looked at again after so long. */
const LOOK_AGAIN_MS = 50;
/** Outcomes of such claims are delivered while their packet is there. */
const UNKNOWN_TIMELINE = '0';

/** What there was without waiting. */
interface Portion {
  readonly tasks: readonly ClaimedTask[];
  /** All partitions may be worked on, so there is something to wait for. */
  readonly isResumed: boolean;
}

/** As `claim.lua` replies. */
type ClaimReply = readonly [
  claimed: readonly (readonly [
    place: number,
    entry: string,
    marks: string,
    fields: string[],
    timeline: string | null,
  ])[],
  history: string,
  timelines: readonly (string | null)[],
];

/** The streams of some queues in all partitions, and how a read names them. */
interface StreamsOfQueues {
  readonly byStream: ReadonlyMap<string, QueuePlace>;
  readonly tail: readonly string[];
}

/** A partition that was seen resumed: in which history of the data, on which timeline. */
interface Resumed {
  readonly history: string;
  readonly timeline: string;
}

/** Claims tasks over the streams of all partitions, never more than there is room for. */
export class TaskClaims {
  private readonly reads: BlockingReads;
  /** Where the next claim begins, so that every partition has its turn. */
  private turn = 0;
  /** Tasks in a packet, on average, at the moment. */
  private packetSize = 1;
  /**
   * Workers that have seen their queues empty. What they find in them since was queued since, so that they are told of
   * every one of these tasks that is revoked.
   */
  private readonly drained = new Set<string>();
  private readonly resumed = new Map<number, Resumed>();
  /** By the queues, of which a worker always asks for the same. */
  private readonly streams = new Map<string, StreamsOfQueues>();
  /** Connections that are older than a look at all partitions, which were resumed: so they are to the same server. */
  private readonly trusted = new WeakSet<Lane>();

  constructor(
    private readonly connection: RedisConnection,
    private readonly packets: ClaimedPackets,
  ) {
    this.reads = new BlockingReads(connection, 'tasks');
  }

  async claim(request: ClaimRequest): Promise<readonly ClaimedTask[]> {
    const { limit, queues, signal } = request;
    if (limit <= 0 || queues.length === 0) return [];
    const until = performance.now() + request.waitMs;
    for (;;) {
      const waitMs = until - performance.now();
      if (waitMs <= 0 || isAborted(signal)) return (await this.claimNow(request)).tasks;
      const claimed = this.connection.isCluster
        ? await this.claimOnCluster({ ...request, waitMs })
        : await this.claimOrWait({ ...request, waitMs });
      if (claimed !== undefined) return claimed;
      await sleep(Math.min(waitMs, LOOK_AGAIN_MS), undefined, { signal }).catch(() => undefined);
      if (isAborted(signal)) return [];
    }
  }

  noteRevoked(tasks: readonly TaskRef[]): void {
    if (!this.packets.noteRevoked(tasks)) this.drained.clear();
  }

  /** Hands tasks back, in packets of `size`. */
  async release(worker: string, receipts: readonly string[], size: number): Promise<void> {
    const calls = Array.from(packetsOfReceipts(receipts).byPartition, ([partition, packets]) => {
      const { keys } = this.connection;
      const { queues, indexOf } = queueIndex(packets);
      const args: Argument[] = [WORKERS, worker, size];
      for (const { queue, entry, positions } of packets)
        args.push(indexOf(queue), queue, entry, positions.length, ...positions);
      const { inbound } = keys.partition(partition);
      const names = queues.flatMap((queue) => {
        const { stream, settled } = keys.queue(partition, queue);
        const { revoked, depths } = keys.partition(partition);
        return [stream, settled, revoked, depths];
      });
      return this.connection.run('release', [inbound, ...names], args);
    });
    await Promise.all(calls);
  }

  /** Undefined when a partition is not resumed, and there is nothing in the others. */
  private async claimOrWait(request: ClaimRequest): Promise<readonly ClaimedTask[] | undefined> {
    const lane = this.reads.reserve();
    try {
      const entries = this.entriesThatFit(request);
      if (entries > 0 && this.drained.has(request.worker) && this.trusted.has(lane))
        return await this.claimNext(request, lane, entries);
      // A connection that is there before the partitions are looked at reads from the server that was looked at, or fails.
      await lane.clientId;
      const { tasks, isResumed } = await this.claimNow(request);
      if (isResumed) this.trusted.add(lane);
      if (tasks.length > 0) return tasks;
      if (isAborted(request.signal)) return [];
      if (!isResumed) return undefined;
      return await this.claimNext(request, lane, Math.max(1, entries));
    } finally {
      this.reads.putBack(lane);
    }
  }

  private async claimOnCluster(request: ClaimRequest): Promise<readonly ClaimedTask[] | undefined> {
    const { tasks, isResumed } = await this.claimNow(request);
    if (tasks.length > 0) return tasks;
    if (isAborted(request.signal)) return [];
    if (!isResumed) return undefined;
    const arrived = await this.waitForArrival(request);
    return isAborted(request.signal) ? [] : (await this.claimInShares(request, arrived)).tasks;
  }

  /**
   * A blocking read costs a fraction of the script, but it gives so many packets of each stream, however large they are.
   * What is too much has to be handed back, so it is for whoever has the room.
   */
  private entriesThatFit({ limit, queues }: ClaimRequest): number {
    const streams = queues.length * this.connection.keys.partitions;
    return Math.min(MOST_ENTRIES_PER_STREAM, Math.floor(limit / (streams * this.packetSize)));
  }

  /** What is there, without waiting. */
  private async claimNow(request: ClaimRequest): Promise<Portion> {
    const partitions = this.partitionsInTurn();
    const portion = this.connection.isCluster
      ? await this.claimInShares(request, partitions)
      : await this.claimFrom(request, partitions, request.limit);
    if (portion.tasks.length < request.limit) this.drained.add(request.worker);
    return portion;
  }

  /** One script cannot look at several nodes: the room is shared out among as many partitions as it reaches. */
  private async claimInShares(request: ClaimRequest, partitions: readonly number[]): Promise<Portion> {
    const tasks: ClaimedTask[] = [];
    let isResumed = true;
    let candidates = partitions;
    while (tasks.length < request.limit && candidates.length > 0) {
      const asked = candidates.slice(0, request.limit - tasks.length);
      const share = Math.floor((request.limit - tasks.length) / asked.length);
      const portions = await Promise.all(
        asked.map((partition) => this.claimFrom(request, [partition], share)),
      );
      for (const portion of portions) {
        tasks.push(...portion.tasks);
        isResumed &&= portion.isResumed;
      }
      const mayHaveMore = asked.filter((_, index) => (portions[index]?.tasks.length ?? 0) >= share);
      candidates = [...candidates.slice(asked.length), ...mayHaveMore];
    }
    return { tasks, isResumed };
  }

  private async claimFrom(
    { worker, queues }: ClaimRequest,
    partitions: readonly number[],
    room: number,
  ): Promise<Portion> {
    const places = this.queuesInTurn(queues).flatMap((queue) =>
      partitions.map((partition) => ({ partition, queue })),
    );
    const args = [WORKERS, worker, room, this.historyOf(partitions), Math.ceil(this.packetSize)];
    for (const { queue } of places) args.push(queue);
    const reply = await this.connection.run('claim', this.keysOf(places), args);
    const [claimed, history, timelines] = reply as ClaimReply;
    for (const [index, timeline] of timelines.entries())
      this.noteTimeline(places[index]?.partition, history, timeline);
    const tasks: ClaimedTask[] = [];
    for (const [index, entry, marks, fields, timeline] of claimed) {
      const place = places[index - 1];
      if (place === undefined) continue;
      this.noteTimeline(place.partition, history, timeline);
      const taken = { ...place, entry, marks, fields, timeline: timeline ?? UNKNOWN_TIMELINE };
      tasks.push(...(await this.packets.unpack(worker, taken)));
    }
    this.notePackets(claimed.length, tasks.length);
    return { tasks, isResumed: !timelines.includes(null) };
  }

  /** The history in which all these partitions were seen resumed, or ''. */
  private historyOf(partitions: readonly number[]): string {
    const history = this.resumed.get(partitions[0] ?? -1)?.history;
    const isShared = partitions.every((partition) => this.resumed.get(partition)?.history === history);
    return isShared ? (history ?? '') : '';
  }

  private noteTimeline(partition = -1, history: string, timeline: string | null): void {
    if (timeline === null) this.resumed.delete(partition);
    else this.resumed.set(partition, { history, timeline });
  }

  private notePackets(packets: number, tasks: number): void {
    if (packets === 0) return;
    const size = Math.max(1, tasks / packets);
    this.packetSize += LATEST_SHARE * (size - this.packetSize);
  }

  /** Waits as a consumer: whatever comes is given to exactly one of the workers that wait. */
  private async claimNext(request: ClaimRequest, lane: Lane, count: number): Promise<ClaimedTask[]> {
    const { worker, limit, queues, waitMs, signal } = request;
    const { byStream, tail } = this.streamsOf(queues);
    const head = ['GROUP', WORKERS, worker, 'COUNT', count];
    const read: BlockingRead = { lane: 'all', command: 'XREADGROUP', head, tail };
    const claimed: ClaimedTask[] = [];
    let packets = 0;
    try {
      for (const [stream, entries] of entriesOf(await this.reads.readFrom(lane, read, waitMs, signal))) {
        const place = byStream.get(stream);
        if (place === undefined) continue;
        packets += entries.length;
        for (const [entry, fields] of entries) {
          const marks = '0'.repeat(fields.length / 2);
          const { timeline } = this.resumed.get(place.partition) ?? { timeline: UNKNOWN_TIMELINE };
          const taken = { ...place, entry, timeline, marks, fields };
          claimed.push(...(await this.packets.unpackWanted(worker, taken)));
        }
      }
    } catch (error) {
      // The streams are gone: all data was lost. The next claim makes them anew.
      this.drained.delete(worker);
      this.resumed.clear();
      if (isReply(error, 'NOGROUP') || isReply(error, 'UNBLOCKED')) return [];
      throw error;
    }
    this.notePackets(packets, claimed.length);
    const mine = isAborted(signal) ? [] : claimed.slice(0, limit);
    const excess = claimed.slice(mine.length).map(({ receipt }) => receipt);
    if (excess.length > 0) await this.release(worker, excess, limit);
    return mine;
  }

  /** Waits, on a cluster, until the streams of some partitions have more than the group was given. */
  private async waitForArrival({ queues, waitMs, signal }: ClaimRequest): Promise<readonly number[]> {
    const { keys } = this.connection;
    const partitions = new Map<string, number>();
    const reads = await Promise.all(
      this.partitionsInTurn().map(async (partition): Promise<BlockingRead> => {
        const streams = queues.map((queue) => keys.queue(partition, queue).stream);
        for (const stream of streams) partitions.set(stream, partition);
        const offsets = await Promise.all(streams.map((stream) => this.lastDelivered(stream)));
        const lane = streams[0] ?? '';
        return { lane, command: 'XREAD', head: ['COUNT', 1], tail: ['STREAMS', ...streams, ...offsets] };
      }),
    );
    const arrived = entriesOf(await this.reads.read(reads, waitMs, signal));
    return [...new Set(arrived.flatMap(([stream]) => partitions.get(stream) ?? []))];
  }

  /** The group has been given everything up to here. */
  private async lastDelivered(stream: string): Promise<string> {
    const groups = (await this.connection.send('XINFO', 'GROUPS', stream).catch(() => [])) as unknown[][];
    for (const group of groups) {
      if (group[group.indexOf('name') + 1] !== WORKERS) continue;
      return String(group[group.indexOf('last-delivered-id') + 1]);
    }
    return '0-0';
  }

  private partitionsInTurn(): readonly number[] {
    const { partitions } = this.connection.keys;
    const first = this.turn++;
    return Array.from({ length: partitions }, (_, index) => (first + index) % partitions);
  }

  /** Each queue comes first as long as every partition has its turn, so that none starves another. */
  private queuesInTurn(queues: readonly string[]): readonly string[] {
    const first = Math.floor(this.turn / this.connection.keys.partitions) % queues.length;
    return [...queues.slice(first), ...queues.slice(0, first)];
  }

  private streamsOf(queues: readonly string[]): StreamsOfQueues {
    const name = JSON.stringify(queues);
    const known = this.streams.get(name);
    if (known !== undefined) return known;
    const { keys } = this.connection;
    const byStream = new Map<string, QueuePlace>();
    for (const queue of queues) {
      for (let partition = 0; partition < keys.partitions; partition++)
        byStream.set(keys.queue(partition, queue).stream, { partition, queue });
    }
    const tail = ['STREAMS', ...byStream.keys(), ...Array.from(byStream, () => '>')];
    const streams = { byStream, tail };
    this.streams.set(name, streams);
    return streams;
  }

  private keysOf(places: readonly QueuePlace[]): string[] {
    const { keys } = this.connection;
    return places.flatMap(({ partition, queue }) => {
      const { stream, settled } = keys.queue(partition, queue);
      const { revoked, depths, lease } = keys.partition(partition);
      return [stream, settled, revoked, depths, lease];
    });
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
