import type { CommitBatch, Task, TimerRef } from '@workflow-engine/execution';

import type { Argument, ScriptCall } from './connection/redis-connection';
import { packSlice } from './encoding/journal-slice';
import { nextId } from './encoding/stream-reply';
import {
  MAX_PACKET,
  type PackedTask,
  packFollowUps,
  packTask,
  packetsOf,
  refName,
} from './encoding/task-packet';
import type { Keys } from './keys';

/** Bytes above which the outbox and the feed refer to the hot journal instead of repeating it. */
const BY_REFERENCE_BYTES = 64 * 1024;
/** Entries kept for those who follow a feed. */
const FOLLOWED_ENTRIES = 1000;

export interface CommitCall {
  readonly partition: number;
  readonly epoch: number;
  readonly commitId: string;
  readonly chunk: number;
  readonly batch: CommitBatch;
  /** Workers over which a turn's tasks are spread before they are packed. */
  readonly spread: number;
}

/** The call of `commit.lua` for one chunk. */
export function commitCall(names: Keys, call: CommitCall): ScriptCall {
  const { partition, batch } = call;
  const { offset, journals, revoked, timersCleared, timersSet } = batch;
  const keys = fixedKeys(names, partition);
  const { withdrawn, followed, tasks } = batch;
  const body: Argument[] = withdrawn.map(refName);
  for (const { after } of followed) body.push(refName(after));
  let followUps = 0;
  for (const task of tasks) {
    if (task.followUps === undefined) continue;
    followUps += task.followUps.length;
    for (const part of packFollowUps(task, task.followUps)) body.push(part);
  }
  for (const slice of journals) {
    keys.push(names.journal(partition, slice.executionId));
    body.push(packSlice(slice));
  }
  const packets = pushPackets(names, call, keys, body);
  for (const ref of timersCleared) body.push(timerMember(ref));
  for (const timer of timersSet) body.push(timer.dueAt, timerMember(timer));
  for (const ref of revoked) body.push(refName(ref));
  const args = [
    call.epoch,
    batch.turn,
    call.commitId,
    call.chunk,
    offset ?? '',
    offset === undefined ? '' : nextId(offset),
    journals.length,
    packets,
    timersCleared.length,
    timersSet.length,
    revoked.length,
    BY_REFERENCE_BYTES,
    FOLLOWED_ENTRIES,
    withdrawn.length,
    followed.length,
    followUps,
  ];
  return { keys, args: args.concat(body) };
}

/**
 * Tells apart what is committed. The same batch has the same id, however often it is sent; what is decided anew
 * differs at least in its times.
 */
export function commitIdOf({
  offset,
  journals,
  tasks,
  revoked,
  timersCleared,
  timersSet,
}: CommitBatch): string {
  const [first, last] = [journals[0], journals.at(-1)];
  const times = [first?.events[0], last?.events.at(-1)].map((event) => event && `${event.seq}@${event.at}`);
  return JSON.stringify([
    offset,
    first?.executionId,
    last?.executionId,
    ...times,
    tasks.length,
    tasks[0] && refName(tasks[0]),
    revoked[0] && refName(revoked[0]),
    timersCleared[0],
    timersSet[0],
  ]);
}

export function timerMember({ executionId, nodeId }: TimerRef): string {
  return JSON.stringify(nodeId === undefined ? [executionId] : [executionId, nodeId]);
}

export function timerRef(member: string): TimerRef {
  const [executionId, nodeId] = JSON.parse(member) as readonly [string, string?];
  return { executionId, ...(nodeId !== undefined && { nodeId }) };
}

function fixedKeys(names: Keys, partition: number): string[] {
  const of = names.partition(partition);
  const { lease, inbound, outbox, timers, revoked, revocations, feed, feedWatched, depths, followUps } = of;
  return [lease, inbound, outbox, timers, revoked, revocations, feed, feedWatched, depths, followUps];
}

function pushPackets(
  names: Keys,
  { partition, batch, spread }: CommitCall,
  keys: string[],
  body: Argument[],
): number {
  let packets = 0;
  for (const [queue, tasks] of byQueue(batch.tasks)) {
    keys.push(names.queue(partition, queue).stream);
    const size = Math.min(MAX_PACKET, Math.max(1, Math.ceil(tasks.length / spread)));
    for (const packet of packetsOf(tasks.map(packTask), textOf, size)) {
      packets += 1;
      body.push(keys.length, queue, packet.length);
      for (const task of packet) body.push(task.name, task.body);
    }
  }
  return packets;
}

function textOf({ name, body }: PackedTask): number {
  return name.length + body.length;
}

function byQueue(tasks: readonly Task[]): ReadonlyMap<string, readonly Task[]> {
  const queues = new Map<string, Task[]>();
  for (const task of tasks) {
    const queue = queues.get(task.queue);
    if (queue === undefined) queues.set(task.queue, [task]);
    else queue.push(task);
  }
  return queues;
}
