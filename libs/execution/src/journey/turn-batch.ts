import type { Command } from '../decider/commands';
import type { JournalEvent } from '../decider/events';
import { isTerminal } from '../decider/status';
import type { Decision } from '../decider/turn';
import type { Offset } from '../ports/event-stream';
import type { CommitBatch, FollowedTask, JournalSlice, Timer, TimerRef } from '../ports/execution-store';
import type { Task, TaskRef } from '../ports/task-queue';
import type { ExecutionStates } from './execution-states';

/** What one turn changes in one execution. */
interface Changes {
  readonly commands: Command[];
  readonly events: JournalEvent[];
  tasks: Task[];
  readonly revoked: TaskRef[];
  readonly withdrawn: TaskRef[];
  readonly followed: FollowedTask[];
  /** By node id (or the execution): the last word on each timer. */
  readonly timers: Map<string | undefined, Timer | 'cleared'>;
}

/** Gathers the decisions of one turn of a partition's writer into one commit. */
export class TurnBatch {
  /** Some executions cannot be looked at now. */
  isDeferring = false;
  /** Events that were added, however many of them are still wanted. */
  added = 0;
  /** To be handled later, in this order. */
  readonly deferred: Command[] = [];
  private readonly executions = new Map<string, Changes>();

  /** There is no hurry with the next turn: what it finds is what this one deferred. */
  get mayPause(): boolean {
    return this.isDeferring || this.deferred.length > 0;
  }

  executionIds(): Iterable<string> {
    return this.executions.keys();
  }

  clearTimer({ executionId, nodeId }: TimerRef): void {
    this.changesOf(executionId).timers.set(nodeId, 'cleared');
  }

  add(executionId: string, { events, effects }: Decision, command?: Command): void {
    const changes = this.changesOf(executionId);
    if (command !== undefined) changes.commands.push(command);
    for (const event of events) changes.events.push(event);
    this.added += events.length;
    if (effects.withdrawn.length > 0) changes.tasks = withoutFollowUps(changes.tasks, effects.withdrawn);
    for (const task of effects.tasks) changes.tasks.push(task);
    for (const ref of effects.withdrawn) changes.withdrawn.push(ref);
    for (const followed of effects.followed) changes.followed.push(followed);
    if (effects.revoked.length > 0) revoke(changes, effects.revoked);
    for (const [nodeId, timer] of effects.timers) changes.timers.set(nodeId, timer);
  }

  /** The command is not handled in this turn. A timer stays in the store and fires again. */
  defer(command: Command): void {
    this.isDeferring = true;
    this.executions.delete(command.executionId);
    if (command.type !== 'TimerFired') this.deferred.push(command);
  }

  /** The command comes again, when the one before it may have come. */
  deferEarly(command: Command): void {
    this.deferred.push(command);
  }

  /** Takes out what was decided for an execution; returns the commands it was decided for. */
  forget(executionId: string): readonly Command[] {
    const commands = this.executions.get(executionId)?.commands ?? [];
    this.executions.delete(executionId);
    return commands;
  }

  toCommit(
    turn: number,
    offset: Offset | undefined,
    states: Pick<ExecutionStates, 'get' | 'hasFollowUps'>,
  ): CommitBatch {
    const journals: JournalSlice[] = [];
    const tasks: Task[] = [];
    const revoked: TaskRef[] = [];
    const withdrawn: TaskRef[] = [];
    const followed: FollowedTask[] = [];
    const timersCleared: TimerRef[] = [];
    const timersSet: Timer[] = [];
    for (const [executionId, changes] of this.executions) {
      const status = states.get(executionId)?.status;
      const terminal = status !== undefined && isTerminal(status);
      if (changes.events.length > 0) journals.push({ executionId, events: changes.events, terminal });
      for (const task of changes.tasks) tasks.push(task);
      for (const ref of changes.revoked) revoked.push(ref);
      if (states.hasFollowUps(executionId)) for (const ref of changes.withdrawn) withdrawn.push(ref);
      for (const one of changes.followed) followed.push(one);
      for (const [nodeId, timer] of changes.timers) {
        if (timer !== 'cleared') timersSet.push(timer);
        else timersCleared.push({ executionId, ...(nodeId !== undefined && { nodeId }) });
      }
    }
    const moved = offset !== undefined && { offset };
    return { turn, ...moved, journals, tasks, revoked, withdrawn, followed, timersCleared, timersSet };
  }

  private changesOf(executionId: string): Changes {
    let changes = this.executions.get(executionId);
    if (changes === undefined) {
      changes = {
        commands: [],
        events: [],
        tasks: [],
        revoked: [],
        withdrawn: [],
        followed: [],
        timers: new Map(),
      };
      this.executions.set(executionId, changes);
    }
    return changes;
  }
}

/** What is not wanted any more at the end of the turn that scheduled it gets to no worker, and nobody has to hear of it. */
function revoke(changes: Changes, revoked: readonly TaskRef[]): void {
  const unwanted = new Set(revoked.map(keyOf));
  const unheardOf = new Set<string>();
  changes.tasks = changes.tasks.filter((task) => {
    const key = keyOf(task);
    if (!unwanted.has(key)) return true;
    if (task.delivery === 1) unheardOf.add(key);
    return false;
  });
  for (const ref of revoked) if (!unheardOf.has(keyOf(ref))) changes.revoked.push(ref);
}

/** ... and nobody may go on after a task that was scheduled in this turn, when that was withdrawn since. */
function withoutFollowUps(tasks: readonly Task[], withdrawn: readonly TaskRef[]): Task[] {
  const ends = new Set(withdrawn.map(keyOf));
  return tasks.map((task) => (ends.has(keyOf(task)) ? withoutFollowUp(task) : task));
}

function withoutFollowUp(task: Task): Task {
  const alone: { -readonly [K in keyof Task]: Task[K] } = { ...task };
  delete alone.followUps;
  delete alone.scope;
  return alone;
}

/** Among the tasks of one execution. */
function keyOf({ nodeId, attempt }: TaskRef): string {
  return `${attempt} ${nodeId}`;
}
