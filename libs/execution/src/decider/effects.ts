import type { FollowedTask, Timer } from '../ports/execution-store';
import type { Task, TaskRef } from '../ports/task-queue';
import type { JournalEvent, NodeScheduled, TaskRedelivered } from './events';
import { followUpsOf, tasksWithFollowUps } from './follow-ups';
import { scopeOf } from './scope';
import { EXECUTION_TIMER, at, idOf, isOpenTask, marksStart } from './state';
import type { ExecutionState } from './state';

/** What the world has to do because of some events. Leaves in the same commit as the events themselves. */
export interface Effects {
  readonly tasks: Task[];
  readonly revoked: TaskRef[];
  /** See `CommitBatch`. */
  readonly withdrawn: TaskRef[];
  readonly followed: FollowedTask[];
  /** By node id (`undefined`: the execution): the last word on each timer. */
  readonly timers: Map<string | undefined, Timer | 'cleared'>;
}

export function noEffects(): Effects {
  return { tasks: [], revoked: [], withdrawn: [], followed: [], timers: new Map() };
}

/** Adds what follows from `event`; `state` is as it was before the event. */
export function addEffects(
  effects: Effects,
  state: ExecutionState,
  event: JournalEvent,
  followUps = false,
): void {
  switch (event.type) {
    case 'NodeScheduled':
      schedule(effects, state, event, followUps);
      return;
    case 'TaskRedelivered':
      withdrawFollowUps(effects, state, event.node_id);
      effects.tasks.push(taskOf(state, event));
      return;
    case 'TimerSet':
      setTimer(effects, timer(state.executionId, event.node_id, Date.parse(event.due_at)));
      return;
    case 'RetryScheduled':
      withdrawFollowUps(effects, state, event.node_id);
      revokeUnlessReported(effects, state, event);
      setTimer(effects, timer(state.executionId, event.node_id, Date.parse(event.due_at)));
      return;
    case 'NodeFailed':
      withdrawFollowUps(effects, state, event.node_id);
      revokeUnlessReported(effects, state, event);
      clearTimer(effects, state, state.workflow.graph.indexOf(event.node_id));
      return;
    case 'NodeCompleted':
      revokeUnlessReported(effects, state, event);
      clearTimer(effects, state, state.workflow.graph.indexOf(event.node_id));
      return;
    case 'NodeParked':
      withdrawFollowUps(effects, state, event.node_id);
      clearTimer(effects, state, state.workflow.graph.indexOf(event.node_id));
      return;
    case 'NodeStarted':
      clearTimer(effects, state, state.workflow.graph.indexOf(event.node_id));
      return;
    case 'ExecutionCompleted':
    case 'ExecutionFailed':
    case 'ExecutionCancelled':
    case 'ExecutionTimedOut':
      withdrawAllFollowUps(effects, state);
      revokeOpenTasks(effects, state);
      for (const node of state.dueAt.keys()) clearTimer(effects, state, node);
      return;
    case 'ExecutionPaused':
      withdrawAllFollowUps(effects, state);
      return;
    case 'ExecutionStarted':
    case 'ExecutionResumed':
    case 'ExecutionRetried':
    case 'NodeSkipped':
    case 'NodeUnparked':
      return;
  }
}

export function setTimer(effects: Effects, set: Timer): void {
  effects.timers.set(set.nodeId, set);
}

/** The timers that should be running, whether or not a store still knows them. */
export function runningTimers(state: ExecutionState): Timer[] {
  return [...state.dueAt].map(([node, dueAt]) => {
    return timer(state.executionId, node === EXECUTION_TIMER ? undefined : idOf(state, node), dueAt);
  });
}

/** A worker may have begun with the task already. */
function schedule(effects: Effects, state: ExecutionState, event: NodeScheduled, followUps: boolean): void {
  const task = taskOf(state, event);
  const node = state.workflow.graph.indexOf(event.node_id) ?? 0;
  const dependency = state.workflow.plans[node]?.followUp?.dependency;
  const followed = effects.followed.find(({ after }) => after.nodeId === dependency);
  if (followed !== undefined) followed.task = task;
  else effects.tasks.push(followUps ? { ...task, ...followUpsOf(state, node) } : task);
}

function taskOf(state: ExecutionState, event: NodeScheduled | TaskRedelivered): Task {
  const { graph, plans, templates } = state.workflow;
  const node = graph.indexOf(event.node_id) ?? 0;
  const plan = plans[node];
  const resolved =
    event.type === 'NodeScheduled' && event.config !== undefined
      ? { config: event.config, secrets: event.secrets ?? [] }
      : state.taskConfigs.get(node);
  return {
    executionId: state.executionId,
    nodeId: event.node_id,
    attempt: event.attempt,
    delivery: event.type === 'NodeScheduled' ? 1 : event.delivery,
    queue: plan?.queue ?? 'default',
    handler: plan?.handler ?? '',
    config: resolved?.config ?? templates.nodes[node]?.config.resolve(scopeOf(state)).value ?? {},
    secrets: resolved?.secrets ?? [],
    reportStart: plan?.scheduleToStartMs !== undefined,
    ...(marksNextStart(state, node, event) && { markStart: true }),
    ...(plan?.startToCloseMs !== undefined && { startToCloseMs: plan.startToCloseMs }),
    ...(plan?.heartbeatMs !== undefined && { heartbeatMs: plan.heartbeatMs }),
  };
}

/** What was to follow on a success of an open task, and what on that. */
function withdrawFollowUps(effects: Effects, state: ExecutionState, nodeId: string): void {
  const node = state.workflow.graph.indexOf(nodeId);
  if (node === undefined || !isOpenTask(state, node)) return;
  for (const ref of tasksWithFollowUps(state, node)) effects.withdrawn.push(ref);
}

function withdrawAllFollowUps(effects: Effects, state: ExecutionState): void {
  if (state.open === 0) return;
  for (let node = 0; node < state.nodeStatus.length; node++) {
    if (isOpenTask(state, node)) withdrawFollowUps(effects, state, idOf(state, node));
  }
}

function marksNextStart(
  state: ExecutionState,
  node: number,
  event: NodeScheduled | TaskRedelivered,
): boolean {
  if (event.type === 'TaskRedelivered') return event.reason === 'worker_lost' || marksStart(state, node);
  return state.workflow.plans[node]?.onUncertain !== 'retry';
}

/**
 * An outcome that no worker brought (a timer, a lost worker) leaves its task behind in some queue; so does one that
 * was delivered more than once.
 */
function revokeUnlessReported(
  effects: Effects,
  state: ExecutionState,
  event: { readonly node_id: string; readonly attempt: number; readonly worker?: string },
): void {
  const node = state.workflow.graph.indexOf(event.node_id);
  if (node === undefined || !isOpenTask(state, node)) return;
  if (event.worker !== undefined && at(state.delivery, node) === 1) return;
  effects.revoked.push({ executionId: state.executionId, nodeId: event.node_id, attempt: event.attempt });
}

function revokeOpenTasks(effects: Effects, state: ExecutionState): void {
  if (state.open === 0) return;
  for (let node = 0; node < state.nodeStatus.length; node++) {
    if (!isOpenTask(state, node)) continue;
    const attempt = at(state.attempt, node);
    effects.revoked.push({ executionId: state.executionId, nodeId: idOf(state, node), attempt });
  }
}

function clearTimer(effects: Effects, state: ExecutionState, node: number | undefined): void {
  if (node === undefined || !state.dueAt.has(node)) return;
  const nodeId = node === EXECUTION_TIMER ? undefined : idOf(state, node);
  effects.timers.set(nodeId, 'cleared');
}

export function timer(executionId: string, nodeId: string | undefined, dueAt: number): Timer {
  return { executionId, dueAt, ...(nodeId !== undefined && { nodeId }) };
}
