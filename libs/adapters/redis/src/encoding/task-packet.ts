import type { Task, TaskRef } from '@workflow-engine/execution';

/** Most tasks in one entry of a queue, and most commands in one inbound entry. */
export const MAX_PACKET = 50;
/** Characters in such an entry, about. One task or command that is larger travels alone. */
export const MAX_PACKET_TEXT = 256 * 1024;

/** A task as a field of a stream entry. Scripts read the name, and only pass the body on. */
export interface PackedTask {
  readonly name: string;
  readonly body: string;
}

/** The part of a task's JSON that says which task it is; scripts make `TaskLost` commands of it. */
export function packTask(task: Task): PackedTask {
  const { executionId, nodeId, attempt, delivery, ...rest } = task;
  return {
    name: `${refName({ executionId, nodeId, attempt })},"delivery":${delivery}`,
    body: JSON.stringify(rest),
  };
}

/** The name without the delivery: what a revocation names. */
export function refName({ executionId, nodeId, attempt }: TaskRef): string {
  return `"executionId":${JSON.stringify(executionId)},"nodeId":${JSON.stringify(nodeId)},"attempt":${attempt}`;
}

/** @throws SyntaxError when it was not packed here */
export function unpackTask({ name, body }: PackedTask): Task {
  const task = JSON.parse(`{${name},${body.slice(1)}`) as Partial<Task>;
  if (
    typeof task.executionId !== 'string' ||
    typeof task.nodeId !== 'string' ||
    typeof task.handler !== 'string'
  )
    throw new SyntaxError('no task');
  return task as Task;
}

/** @throws SyntaxError when it is no name of a task */
export function unpackRef(name: string): TaskRef {
  return JSON.parse(`{${name}}`) as TaskRef;
}

/** Cuts what is on its way together into packets, in order. */
export function packetsOf<T>(items: readonly T[], textOf: (item: T) => number, size = MAX_PACKET): T[][] {
  const packets: T[][] = [];
  let packet: T[] = [];
  let text = 0;
  for (const item of items) {
    const length = textOf(item);
    if (packet.length === 0 || packet.length === size || text + length > MAX_PACKET_TEXT) {
      packet = [];
      text = 0;
      packets.push(packet);
    }
    packet.push(item);
    text += length;
  }
  return packets;
}
