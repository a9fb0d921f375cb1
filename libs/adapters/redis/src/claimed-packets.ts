import type { ClaimedTask, TaskRef } from '@workflow-engine/execution';

import type { RedisConnection } from './connection/redis-connection';
import { type PackedTask, refName, unpackTask } from './encoding/task-packet';
import { type PacketPosition, packetsOfReceipts, receiptOf } from './packet-receipt';
import { settleCall } from './settle-call';

const REMEMBERED_REVOCATIONS = 10_000;

export interface QueuePlace {
  readonly partition: number;
  readonly queue: string;
}

export interface ClaimedEntry extends QueuePlace {
  readonly entry: string;
  readonly timeline: string;
  /** One mark per task: '0' when it is the worker's. */
  readonly marks: string;
  readonly fields: readonly string[];
}

/** Reads the packets that were claimed. */
export class ClaimedPackets {
  /** Names of tasks that were revoked a moment ago: they may be on their way to a worker that waits. */
  private readonly revoked = new Set<string>();

  constructor(private readonly connection: RedisConnection) {}

  /** False when that is more than is remembered. */
  noteRevoked(tasks: readonly TaskRef[]): boolean {
    for (const task of tasks) this.revoked.add(refName(task));
    if (this.revoked.size <= REMEMBERED_REVOCATIONS) return true;
    for (const oldest of this.revoked) {
      if (this.revoked.size <= REMEMBERED_REVOCATIONS) break;
      this.revoked.delete(oldest);
    }
    return false;
  }

  /** The tasks of an entry that are the worker's; what cannot be read is set aside. */
  async unpack(worker: string, claimed: ClaimedEntry): Promise<ClaimedTask[]> {
    const { partition, queue, entry, timeline, marks, fields } = claimed;
    const size = fields.length / 2;
    const tasks: ClaimedTask[] = [];
    for (let index = 0; index < size; index++) {
      if (marks[index] === '1') continue;
      const position = { partition, queue, entry, timeline, size, position: index + 1 };
      const packed = { name: fields[2 * index] ?? '', body: fields[2 * index + 1] ?? '' };
      try {
        tasks.push({ task: unpackTask(packed), receipt: receiptOf(position) });
      } catch (error) {
        await this.setAside(worker, position, packed, error);
      }
    }
    return tasks;
  }

  /** ... without those that were revoked while they were given out. */
  async unpackWanted(worker: string, claimed: ClaimedEntry): Promise<ClaimedTask[]> {
    const given = await this.unpack(worker, claimed);
    if (this.revoked.size === 0) return given;
    const wanted: ClaimedTask[] = [];
    for (const one of given) if (!(await this.isRevoked(claimed, one))) wanted.push(one);
    return wanted;
  }

  private async setAside(
    worker: string,
    place: PacketPosition,
    { name, body }: PackedTask,
    error: unknown,
  ): Promise<void> {
    const { keys, settings } = this.connection;
    const { partition, entry, position } = place;
    const { malformed } = keys.partition(partition);
    const { stream } = keys.queue(partition, place.queue);
    const copy = ['stream', stream, 'entry', entry, 'reason', String(error), name, body];
    await this.connection.send('XADD', malformed, '*', ...copy);
    await this.takeOut(partition, receiptOf(place));
    settings.log.error('a task cannot be read and was set aside', {
      stream,
      entry,
      position,
      worker,
      set_aside_in: malformed,
      err: error,
    });
  }

  /** A revoked task leaves its packet; one that was sent again since does not. */
  private async isRevoked({ partition }: QueuePlace, { task, receipt }: ClaimedTask): Promise<boolean> {
    const name = refName(task);
    if (!this.revoked.has(name)) return false;
    const { revoked } = this.connection.keys.partition(partition);
    if ((await this.connection.send('ZSCORE', revoked, name)) === null) return false;
    await this.takeOut(partition, receipt);
    return true;
  }

  /** The task leaves its packet without an outcome. */
  private async takeOut(partition: number, receipt: string): Promise<void> {
    const packets = packetsOfReceipts([receipt]).byPartition.get(partition) ?? [];
    const { keys, args } = settleCall(this.connection.keys, partition, packets);
    await this.connection.run('settle', keys, args);
  }
}
