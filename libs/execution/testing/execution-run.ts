import type { Json } from '@workflow-engine/dag';

import type { Command, TaskOutcome } from '../src/decider/commands';
import { decide } from '../src/decider/decide';
import type { Effects } from '../src/decider/effects';
import type { JournalEvent, TaskError } from '../src/decider/events';
import { idOf, newState, statusOf } from '../src/decider/state';
import type { ExecutionState } from '../src/decider/state';
import type { NodeStatus } from '../src/decider/status';
import type { Decision, Moment } from '../src/decider/turn';
import type { Timer } from '../src/ports/execution-store';
import type { Task } from '../src/ports/task-queue';
import type { CompiledWorkflow } from '../src/workflow/compiled-workflow';

/** One execution on the bare decider: keeps its journal, and does by hand what the world would do. */
export class ExecutionRun {
  static readonly ID = 'execution';
  readonly journal: JournalEvent[] = [];
  /** Every delivery that was ever put into a queue, in order. */
  readonly dispatched: Task[] = [];
  readonly revoked: string[] = [];
  readonly timers = new Map<string | undefined, Timer>();
  now = Date.UTC(2026, 0, 1);
  random = 0.5;

  constructor(
    readonly workflow: CompiledWorkflow,
    public state: ExecutionState = newState(ExecutionRun.ID, workflow),
  ) {}

  /** Sends a command and returns what it added to the journal. */
  send(command: Unaddressed): readonly JournalEvent[] {
    return this.take(decide(this.state, { executionId: ExecutionRun.ID, ...command }, this.moment));
  }

  get moment(): Moment {
    return { now: this.now, random: this.random };
  }

  /** Does what a decision asks for. */
  take({ events, effects }: Decision): readonly JournalEvent[] {
    this.journal.push(...events);
    this.perform(effects);
    return events;
  }

  trigger(input: Json = {}): readonly JournalEvent[] {
    return this.send({ type: 'Trigger', workflowId: 'workflow', version: 1, input });
  }

  /** The outcome of the node's latest attempt, unless another one is named. */
  succeed(nodeId: string, output: Json = {}, attempt = this.attempt(nodeId)): readonly JournalEvent[] {
    return this.send({ type: 'TaskSucceeded', nodeId, attempt, output, report: REPORT });
  }

  fail(
    nodeId: string,
    error: Partial<TaskError> = {},
    attempt = this.attempt(nodeId),
  ): readonly JournalEvent[] {
    const full = { code: 'BROKEN', message: 'it broke', retryable: false, ...error };
    return this.send({ type: 'TaskFailed', nodeId, attempt, error: full, report: REPORT });
  }

  /** The worker with the latest delivery of the node's task is lost: after its handler began, if not told otherwise. */
  lose(nodeId: string, how: 'begun' | 'not begun' | 'handed back' = 'begun'): readonly JournalEvent[] {
    const task = this.task(nodeId);
    return this.send({
      type: 'TaskLost',
      nodeId,
      attempt: task.attempt,
      delivery: task.delivery,
      ...(how !== 'not begun' && task.markStart === true && { begun: true }),
      ...(how === 'handed back' && { handedBack: true }),
    });
  }

  /** The latest delivery of the node's task. */
  task(nodeId: string): Task {
    const task = this.dispatched.findLast((dispatched) => dispatched.nodeId === nodeId);
    if (task === undefined) throw new Error(`there is no task of ${nodeId}`);
    return task;
  }

  /** A person answers a parked node. */
  unpark(nodeId: string, by: 'retry' | 'discard'): readonly JournalEvent[] {
    const parkedSeq = this.state.parked.get(this.index(nodeId)) ?? 0;
    return this.send({ type: 'Unpark', nodeId, parkedSeq, by });
  }

  /** A person who sees how it stands now has it run again from a node on. */
  rerun(nodeId: string): readonly JournalEvent[] {
    return this.send({ type: 'Rerun', nodeId, endSeq: this.state.seq });
  }

  reportStart(nodeId: string): readonly JournalEvent[] {
    const startedAt = new Date(this.now).toISOString();
    return this.send({ type: 'TaskStarted', nodeId, attempt: this.attempt(nodeId), worker: 'w', startedAt });
  }

  /** Lets time pass; timers fire one by one when they are due. */
  pass(ms: number): readonly JournalEvent[] {
    const end = this.now + ms;
    const events: JournalEvent[] = [];
    for (let timer = this.nextTimer(end); timer !== undefined; timer = this.nextTimer(end)) {
      this.now = Math.max(this.now, timer.dueAt);
      events.push(...this.fire(timer));
    }
    this.now = end;
    return events;
  }

  /** What a timer store does: a timer that fires is out of it. */
  fire({ nodeId, dueAt }: Timer): readonly JournalEvent[] {
    this.timers.delete(nodeId);
    return this.send({ type: 'TimerFired', dueAt, ...(nodeId !== undefined && { nodeId }) });
  }

  status(nodeId: string): NodeStatus {
    return statusOf(this.state, this.index(nodeId));
  }

  /** Statuses of all nodes by id. */
  statuses(): Readonly<Record<string, NodeStatus>> {
    const { ids } = this.workflow.graph;
    return Object.fromEntries(ids.map((id, node) => [id, statusOf(this.state, node)]));
  }

  /** Outputs of all nodes that have one, by id. */
  outputs(): Readonly<Record<string, Json>> {
    const outputs = this.state.outputs.entries();
    return Object.fromEntries(
      Array.from(outputs, ([node, output]) => [idOf(this.state, node), output] as const).filter(
        (entry): entry is [string, Json] => entry[1] !== undefined,
      ),
    );
  }

  error(nodeId: string): TaskError | undefined {
    return this.state.errors.get(this.index(nodeId));
  }

  attempt(nodeId: string): number {
    return this.state.attempt[this.index(nodeId)] ?? 0;
  }

  /** Of the node's latest attempt. */
  delivery(nodeId: string): number {
    return this.state.delivery[this.index(nodeId)] ?? 0;
  }

  /** How many workers were lost in a row with the node's latest attempt. */
  losses(nodeId: string): number {
    return this.state.losses[this.index(nodeId)] ?? 0;
  }

  /** Nodes with a task that is with the queue or a worker. */
  openTasks(): readonly string[] {
    return this.workflow.graph.ids.filter((id) => ['SCHEDULED', 'RUNNING'].includes(this.status(id)));
  }

  /** `NodeScheduled a`, `NodeCompleted a` ...: the journal in brief. */
  story(events: readonly JournalEvent[] = this.journal): readonly string[] {
    return events.map((event) => ('node_id' in event ? `${event.type} ${event.node_id}` : event.type));
  }

  private perform({ tasks, revoked, timers }: Effects): void {
    this.dispatched.push(...tasks);
    this.revoked.push(...revoked.map(({ nodeId, attempt }) => `${nodeId}#${attempt}`));
    for (const [nodeId, timer] of timers) {
      if (timer === 'cleared') this.timers.delete(nodeId);
      else this.timers.set(nodeId, timer);
    }
  }

  private nextTimer(end: number): Timer | undefined {
    return [...this.timers.values()].sort((a, b) => a.dueAt - b.dueAt).find(({ dueAt }) => dueAt <= end);
  }

  private index(nodeId: string): number {
    const node = this.workflow.graph.indexOf(nodeId);
    if (node === undefined) throw new Error(`there is no node ${nodeId}`);
    return node;
  }
}

const REPORT: TaskOutcome['report'] = { worker: 'w', started_at: '2026-01-01T00:00:00.000Z' };

type WithoutAddress<C> = C extends Command ? Omit<C, 'executionId'> : never;
type Unaddressed = WithoutAddress<Command>;
