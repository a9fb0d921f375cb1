import type { FollowUp, FollowUpPlan, Task, TaskRef } from '@workflow-engine/execution';

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
  const named = { executionId: undefined, nodeId: undefined, attempt: undefined, delivery: undefined };
  return {
    name: nameOf(task, task.delivery),
    body: JSON.stringify({ ...task, ...named, followUps: undefined }),
  };
}

function nameOf(task: TaskRef, delivery: number): string {
  return `${refName(task)},"delivery":${delivery}`;
}

/** As a hash has them: the name of the task before, and `more`, `name\\nplan`; more: '1' when another one follows. */
export function packFollowUps(task: Task, followUps: readonly FollowUp[]): string[] {
  const packed: string[] = [];
  let before = refName(task);
  for (const [index, { plan, ...ref }] of followUps.entries()) {
    const more = index < followUps.length - 1 ? 1 : 0;
    packed.push(before, `${more}${nameOf(ref, 1)}\n${planText(plan)}`);
    before = refName(ref);
  }
  return packed;
}

/** The same in every execution of a workflow. */
const planTexts = new WeakMap<FollowUpPlan, string>();

function planText(plan: FollowUpPlan): string {
  let text = planTexts.get(plan);
  if (text === undefined) planTexts.set(plan, (text = JSON.stringify(plan)));
  return text;
}

/** @throws SyntaxError when it was not packed here */
export function unpackFollowUp(packed: string): { readonly followUp: FollowUp; readonly hasNext: boolean } {
  const end = packed.indexOf('\n');
  const { executionId, nodeId, attempt } = JSON.parse(`{${packed.slice(1, end)}}`) as TaskRef;
  const plan = planOf(packed.slice(end + 1));
  return { followUp: { executionId, nodeId, attempt, plan }, hasNext: packed.startsWith('1') };
}

const REMEMBERED_PLANS = 1_000;
const plans = new Map<string, FollowUpPlan>();

function planOf(text: string): FollowUpPlan {
  let plan = plans.get(text);
  if (plan === undefined) {
    plan = JSON.parse(text) as FollowUpPlan;
    if (plans.size >= REMEMBERED_PLANS) plans.clear();
    plans.set(text, plan);
  }
  return plan;
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
