import type {
  ClaimRequest,
  ClaimedFollowUp,
  ClaimedTask,
  EventStream,
  QueueDepth,
  SettledTask,
  TaskQueue,
  TaskRef,
  TaskStarted,
  Unsubscribe,
} from '@workflow-engine/execution';

import { ClaimedPackets } from './claimed-packets';
import type { Argument, RedisConnection } from './connection/redis-connection';
import { MAX_PACKET, refName, unpackFollowUp, unpackRef } from './encoding/task-packet';
import { packetsOfReceipts } from './packet-receipt';
import { WORKERS, queueIndex, settleCall } from './settle-call';
import { StreamFollower } from './stream-follower';
import { TaskClaims } from './task-claims';

/** As `settle.lua` replies. */
type SettleReply = readonly (readonly [packet: number, position: number, followUp: string])[];

type RevocationListener = (tasks: readonly TaskRef[]) => void;

/** Pending packets that a look at the depths counts one by one, per queue and partition. */
const COUNTED_PACKETS = 200;
/** A worker without work that was not heard of for so many leases is forgotten. */
const FORGET_AFTER_LEASES = 20;

/**
 * A queue is one stream per partition, so that tasks leave in the commit that schedules them. Workers form one
 * consumer group over all of them.
 */
export class RedisTaskQueue implements TaskQueue {
  private readonly claims: TaskClaims;
  private readonly follower: StreamFollower;
  private readonly listeners = new Set<RevocationListener>();

  constructor(
    private readonly connection: RedisConnection,
    private readonly stream: EventStream,
  ) {
    this.claims = new TaskClaims(connection, new ClaimedPackets(connection));
    this.follower = new StreamFollower(connection, {
      purpose: 'revoked tasks',
      streamOf: ({ revocations }) => revocations,
      onEntry: (fields) => this.tellRevoked(fields),
    });
  }

  claim(request: ClaimRequest): Promise<readonly ClaimedTask[]> {
    return this.claims.claim(request);
  }

  async settle(_worker: string, settled: readonly SettledTask[]): Promise<readonly ClaimedFollowUp[]> {
    const { byPartition, unknown } = packetsOfReceipts(settled.map(({ receipt }) => receipt));
    const outcomes = settled.map(({ outcome }) => JSON.stringify(outcome));
    const goingOn = settled.map(({ goesOn, outcome }) => (goesOn === true ? refName(outcome) : ''));
    const claimed: ClaimedFollowUp[] = [];
    await Promise.all([
      this.stream.append(unknown.flatMap((index) => settled[index]?.outcome ?? [])),
      ...Array.from(byPartition, async ([partition, packets]) => {
        const { keys, args } = settleCall(this.connection.keys, partition, packets, outcomes, goingOn);
        const follows = (await this.connection.run('settle', keys, args)) as SettleReply;
        for (const [packet, position, followUp] of follows) {
          const { positions = [], indexes = [] } = packets[packet - 1] ?? {};
          const { receipt = '' } = settled[indexes[positions.indexOf(position)] ?? -1] ?? {};
          claimed.push({ ...unpackFollowUp(followUp), receipt });
        }
      }),
    ]);
    return claimed;
  }

  async reportStarted(started: readonly TaskStarted[]): Promise<void> {
    await this.stream.append(started);
  }

  markStarted(worker: string, receipts: readonly string[]): Promise<readonly string[]> {
    return this.notHeld('markStarted', worker, receipts);
  }

  renew(worker: string, receipts: readonly string[]): Promise<readonly string[]> {
    return this.notHeld('renew', worker, receipts);
  }

  /** Runs a script on claims of a worker; returns the receipts that are not its any more. */
  private async notHeld(
    script: 'renew' | 'markStarted',
    worker: string,
    receipts: readonly string[],
  ): Promise<readonly string[]> {
    const kept = new Set<number>();
    await Promise.all(
      Array.from(packetsOfReceipts(receipts).byPartition, async ([partition, packets]) => {
        const { queues, indexOf } = queueIndex(packets);
        const keys = queues.flatMap((queue) => {
          const { stream, settled } = this.connection.keys.queue(partition, queue);
          return [stream, settled];
        });
        const args: Argument[] = [WORKERS, worker];
        for (const { queue, entry, size, positions } of packets)
          args.push(indexOf(queue), entry, size, positions.length, ...positions);
        const lost = (await this.connection.run(script, keys, args)) as readonly (readonly number[])[];
        for (const [n, { positions, indexes }] of packets.entries()) {
          for (const [m, position] of positions.entries())
            if (lost[n]?.includes(position) !== true) kept.add(indexes[m] ?? -1);
        }
      }),
    );
    return receipts.filter((_, index) => !kept.has(index));
  }

  async release(worker: string, receipts: readonly string[]): Promise<void> {
    await this.claims.release(worker, receipts, MAX_PACKET);
  }

  async reclaimStalled(leaseMs: number, limit: number): Promise<number> {
    let found = 0;
    for (let partition = 0; partition < this.connection.keys.partitions && found < limit; partition++) {
      const queues = await this.queuesOf(partition);
      found += await this.reclaimIn(partition, queues, leaseMs, limit - found);
    }
    return found;
  }

  async onRevoked(listener: RevocationListener): Promise<Unsubscribe> {
    this.listeners.add(listener);
    await this.follower.start();
    return async () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.follower.stop();
    };
  }

  async depths(): Promise<readonly QueueDepth[]> {
    const depths = new Map<string, { waiting: number; claimed: number; oldestWaitingMs: number }>();
    const partitions = Array.from({ length: this.connection.keys.partitions }, (_, partition) => partition);
    await Promise.all(
      partitions.map(async (partition) => {
        const queues = await this.queuesOf(partition);
        const counts = await this.depthsIn(partition, queues);
        for (const [index, queue] of queues.entries()) {
          const depth = depths.get(queue) ?? { waiting: 0, claimed: 0, oldestWaitingMs: 0 };
          depths.set(queue, depth);
          const [total = 0, claimed = 0, oldest = 0] = counts.slice(3 * index);
          depth.waiting += total - claimed;
          depth.claimed += claimed;
          depth.oldestWaitingMs = Math.max(depth.oldestWaitingMs, oldest);
        }
      }),
    );
    return Array.from(depths, ([queue, depth]) => ({ queue, ...depth }));
  }

  private async queuesOf(partition: number): Promise<readonly string[]> {
    const { depths } = this.connection.keys.partition(partition);
    return (await this.connection.send('HKEYS', depths)) as readonly string[];
  }

  private async reclaimIn(
    partition: number,
    queues: readonly string[],
    leaseMs: number,
    limit: number,
  ): Promise<number> {
    const { lease, inbound, depths, revoked } = this.connection.keys.partition(partition);
    const keys = [lease, inbound, depths, revoked];
    for (const queue of queues) {
      const { stream, settled } = this.connection.keys.queue(partition, queue);
      keys.push(stream, settled);
    }
    const forgetMs = leaseMs * FORGET_AFTER_LEASES;
    const args = [WORKERS, leaseMs, limit, MAX_PACKET, forgetMs, ...queues];
    return (await this.connection.run('reclaim', keys, args)) as number;
  }

  private async depthsIn(partition: number, queues: readonly string[]): Promise<readonly number[]> {
    if (queues.length === 0) return [];
    const keys = [this.connection.keys.partition(partition).depths];
    for (const queue of queues) {
      const { stream, settled } = this.connection.keys.queue(partition, queue);
      keys.push(stream, settled);
    }
    return (await this.connection.run('depths', keys, [
      WORKERS,
      COUNTED_PACKETS,
      ...queues,
    ])) as readonly number[];
  }

  private tellRevoked(fields: readonly string[]): void {
    const refs = fields.filter((_, index) => index % 2 === 1).map(unpackRef);
    this.claims.noteRevoked(refs);
    for (const listener of this.listeners) listener(refs);
  }
}
