import type { Argument, ScriptCall } from './connection/redis-connection';
import { MAX_PACKET, MAX_PACKET_TEXT } from './encoding/task-packet';
import type { Keys } from './keys';
import type { Packet } from './packet-receipt';

/** The consumer group of all workers. */
export const WORKERS = 'workers';

/** The call of `settle.lua` for tasks of one partition. */
export function settleCall(
  names: Keys,
  partition: number,
  packets: readonly Packet[],
  /** As JSON, by the index of the task's receipt; none: the task is only taken out of its packet. */
  outcomes: readonly string[] = [],
  /** By the same index: the name of the task, when the worker would go on after it. */
  goingOn: readonly string[] = [],
): ScriptCall {
  const { lease, inbound, depths, followUps } = names.partition(partition);
  const { queues, indexOf } = queueIndex(packets);
  const keys = [lease, inbound, depths, followUps];
  for (const queue of queues) {
    const { stream, settled } = names.queue(partition, queue);
    keys.push(stream, settled);
  }
  const args: Argument[] = [WORKERS, MAX_PACKET, MAX_PACKET_TEXT];
  for (const { queue, entry, timeline, size, positions, indexes } of packets) {
    args.push(indexOf(queue), queue, entry, timeline, size, positions.length);
    for (const [n, position] of positions.entries()) {
      const index = indexes[n] ?? -1;
      args.push(position, outcomes[index] ?? '', goingOn[index] ?? '');
    }
  }
  return { keys, args };
}

/** Queues by the order in which their keys are passed to a script; scripts count from 1. */
export function queueIndex(packets: readonly Packet[]): {
  readonly queues: readonly string[];
  readonly indexOf: (queue: string) => number;
} {
  const queues = [...new Set(packets.map(({ queue }) => queue))];
  return { queues, indexOf: (queue) => queues.indexOf(queue) + 1 };
}
