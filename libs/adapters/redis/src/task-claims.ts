import type { ClaimRequest, ClaimedTask, TaskRef } from '@workflow-engine/execution';

import { BlockingReads } from './connection/blocking-reads';
import type { BlockingRead } from './connection/blocking-reads';
import type { Argument, RedisConnection } from './connection/redis-connection';
import { entriesOf } from './encoding/stream-reply';
import { refName, unpackTask } from './encoding/task-packet';
import { isReply } from './errors';
import { packetsOfReceipts, receiptOf } from './packet-receipt';

/** The consumer group of all workers. */
export const WORKERS = 'workers';

/** Tasks that a packet is reckoned to have, when room is compared with what a read may give. */
const ROOM_PER_STREAM = 4;
const REMEMBERED_REVOCATIONS = 10_000;

interface QueuePlace {
  readonly partition: number;
  readonly queue: string;
}

interface ClaimedEntry extends QueuePlace {
  readonly entry: string;
  /** One mark per task: '0' when it is the worker's. */
  readonly marks: string;
  readonly fields: readonly string[];
}

/** Claims tasks over the streams of all partitions, never more than there is room for. */
export class TaskClaims {
  private readonly reads: BlockingReads;
  /** Where the next claim begins, so that every partition has its turn. */
  private turn = 0;
  /** Workers whose last claim left nothing in their queues. */
  private readonly drained = new Set<string>();

  /** Names of tasks that were revoked a moment ago: they may be on their way to a worker that waits. */
  private readonly revoked = new Set<string>();

  constructor(private readonly connection: RedisConnection) {
    this.reads = new BlockingReads(connection, 'tasks');
  }

  noteRevoked(tasks: readonly TaskRef[]): void {
    for (const task of tasks) this.revoked.add(refName(task));
    for (const oldest of this.revoked) {
      if (this.revoked.size <= REMEMBERED_REVOCATIONS) break;
      this.revoked.delete(oldest);
    }
  }

  async claim(request: ClaimRequest): Promise<readonly ClaimedTask[]> {
    const { limit, queues, waitMs, signal } = request;
    if (limit <= 0 || queues.length === 0) return [];
    if (waitMs > 0 && !isAborted(signal) && this.mayWaitAtOnce(request)) return this.claimNext(request);
    const claimed = await this.claimNow(request);
    if (claimed.length < limit) this.drained.add(request.worker);
    if (claimed.length > 0 || waitMs <= 0 || isAborted(signal)) return claimed;
    if (!this.connection.isCluster) return this.claimNext(request);
    const arrived = await this.waitForArrival(request);
    return isAborted(signal) ? [] : this.claimInShares(request, arrived);
  }

  /** Hands tasks back, in packets of `size`. */
  async release(worker: string, receipts: readonly string[], size: number): Promise<void> {
    const calls = Array.from(packetsOfReceipts(receipts), ([partition, packets]) => {
      const places = [...new Set(packets.map(({ queue }) => queue))].map((queue) => ({ partition, queue }));
      const args: Argument[] = [WORKERS, worker, size];
      for (const { queue, entry, positions } of packets) {
        const index = places.findIndex((place) => place.queue === queue) + 1;
        args.push(index, queue, entry, positions.length, ...positions);
      }
      const { inbound } = this.connection.keys.partition(partition);
      return this.connection.run('release', [inbound, ...this.keysOf(places)], args);
    });
    await Promise.all(calls);
  }

  /**
   * A blocking read gives a packet of each stream, however little room there is, and does not look for revoked tasks:
   * it is for whoever has room, while nothing queues.
   */
  private mayWaitAtOnce({ worker, limit, queues }: ClaimRequest): boolean {
    if (this.connection.isCluster || !this.drained.has(worker)) return false;
    return limit >= ROOM_PER_STREAM * queues.length * this.connection.keys.partitions;
  }

  /** What is there, without waiting. */
  private async claimNow(request: ClaimRequest): Promise<ClaimedTask[]> {
    const partitions = this.partitionsInTurn();
    if (!this.connection.isCluster) return this.claimFrom(request, partitions, request.limit);
    return this.claimInShares(request, partitions);
  }

  /** One script cannot look at several nodes: the room is shared out among as many partitions as it reaches. */
  private async claimInShares(request: ClaimRequest, partitions: readonly number[]): Promise<ClaimedTask[]> {
    const claimed: ClaimedTask[] = [];
    let candidates = partitions;
    while (claimed.length < request.limit && candidates.length > 0) {
      const asked = candidates.slice(0, request.limit - claimed.length);
      const share = Math.floor((request.limit - claimed.length) / asked.length);
      const portions = await Promise.all(
        asked.map((partition) => this.claimFrom(request, [partition], share)),
      );
      claimed.push(...portions.flat());
      const mayHaveMore = asked.filter((_, index) => (portions[index]?.length ?? 0) >= share);
      candidates = [...candidates.slice(asked.length), ...mayHaveMore];
    }
    return claimed;
  }

  private async claimFrom(
    { worker, queues }: ClaimRequest,
    partitions: readonly number[],
    room: number,
  ): Promise<ClaimedTask[]> {
    const places = this.queuesInTurn(queues).flatMap((queue) =>
      partitions.map((partition) => ({ partition, queue })),
    );
    const args = [WORKERS, worker, room, ...places.map(({ queue }) => queue)];
    const reply = await this.connection.run('claim', this.keysOf(places), args);
    const claimed: ClaimedTask[] = [];
    for (const [index, entry, marks, fields] of reply as readonly [number, string, string, string[]][]) {
      const place = places[index - 1];
      if (place !== undefined)
        claimed.push(...(await this.unpack(worker, { ...place, entry, marks, fields })));
    }
    return claimed;
  }

  /** Waits as a consumer: whatever comes is given to exactly one of the workers that wait. */
  private async claimNext(request: ClaimRequest): Promise<ClaimedTask[]> {
    const { worker, limit, queues, waitMs, signal } = request;
    const places = queues.flatMap((queue) =>
      this.partitionsInTurn().map((partition) => ({ partition, queue })),
    );
    const byStream = new Map(places.map((place) => [this.streamOf(place), place]));
    const read: BlockingRead = {
      lane: 'all',
      command: 'XREADGROUP',
      head: ['GROUP', WORKERS, worker, 'COUNT', 1],
      tail: ['STREAMS', ...byStream.keys(), ...places.map(() => '>')],
    };
    const claimed: ClaimedTask[] = [];
    try {
      for (const [stream, entries] of entriesOf(await this.reads.read([read], waitMs, signal))) {
        const place = byStream.get(stream);
        if (place === undefined) continue;
        for (const [entry, fields] of entries) {
          const marks = '0'.repeat(fields.length / 2);
          const tasks = await this.unpack(worker, { ...place, entry, marks, fields });
          for (const one of tasks) if (!(await this.isRevoked(place, one))) claimed.push(one);
        }
      }
    } catch (error) {
      // The streams are gone: all data was lost. The next claim makes them anew.
      this.drained.delete(worker);
      if (isReply(error, 'NOGROUP') || isReply(error, 'UNBLOCKED')) return [];
      throw error;
    }
    const mine = isAborted(signal) ? [] : claimed.slice(0, limit);
    const excess = claimed.slice(mine.length).map(({ receipt }) => receipt);
    // There may be more by now, and whoever takes it packet by packet never catches up.
    if (claimed.length > 0) this.drained.delete(worker);
    if (excess.length > 0) await this.release(worker, excess, limit);
    return mine;
  }

  /** A task that was revoked while it was given out is dropped; one that was sent again since is not. */
  private async isRevoked(
    { partition, queue }: QueuePlace,
    { task, receipt }: ClaimedTask,
  ): Promise<boolean> {
    const name = refName(task);
    if (!this.revoked.has(name)) return false;
    const { keys } = this.connection;
    const { inbound, depths, revoked } = keys.partition(partition);
    if ((await this.connection.send('ZSCORE', revoked, name)) === null) return false;
    const { stream, settled } = keys.queue(partition, queue);
    const packet = packetsOfReceipts([receipt]).get(partition)?.[0];
    if (packet === undefined) return false;
    const settlement = [WORKERS, 0, 1, queue, packet.entry, packet.size, 1, ...packet.positions];
    await this.connection.run('settle', [inbound, depths, stream, settled], settlement);
    return true;
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

  /** The tasks of an entry that are the worker's; what cannot be read is set aside. */
  private async unpack(worker: string, claimed: ClaimedEntry): Promise<ClaimedTask[]> {
    const { partition, queue, entry, marks, fields } = claimed;
    const size = fields.length / 2;
    const tasks: ClaimedTask[] = [];
    for (let index = 0; index < size; index++) {
      if (marks[index] === '1') continue;
      const position = { partition, queue, entry, size, position: index + 1 };
      const packed = { name: fields[2 * index] ?? '', body: fields[2 * index + 1] ?? '' };
      try {
        tasks.push({ task: unpackTask(packed), receipt: receiptOf(position) });
      } catch (error) {
        await this.setAside(worker, position, packed, error);
      }
    }
    return tasks;
  }

  private async setAside(
    worker: string,
    {
      partition,
      queue,
      entry,
      size,
      position,
    }: QueuePlace & { entry: string; size: number; position: number },
    { name, body }: { readonly name: string; readonly body: string },
    error: unknown,
  ): Promise<void> {
    const { keys, settings } = this.connection;
    const { inbound, depths, malformed } = keys.partition(partition);
    const { stream, settled } = keys.queue(partition, queue);
    const copy = ['stream', stream, 'entry', entry, 'reason', String(error), name, body];
    await this.connection.send('XADD', malformed, '*', ...copy);
    const settlement = [WORKERS, 0, 1, queue, entry, size, 1, position];
    await this.connection.run('settle', [inbound, depths, stream, settled], settlement);
    settings.log.error('a task cannot be read and was set aside', {
      stream,
      entry,
      position,
      worker,
      set_aside_in: malformed,
      err: error,
    });
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

  private streamOf({ partition, queue }: QueuePlace): string {
    return this.connection.keys.queue(partition, queue).stream;
  }

  private keysOf(places: readonly QueuePlace[]): string[] {
    const { keys } = this.connection;
    return places.flatMap(({ partition, queue }) => {
      const { stream, settled } = keys.queue(partition, queue);
      const { revoked, depths } = keys.partition(partition);
      return [stream, settled, revoked, depths];
    });
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
