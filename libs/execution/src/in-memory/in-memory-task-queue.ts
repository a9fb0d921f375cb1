import type { Json } from '@workflow-engine/dag';

import type { TaskLost, TaskOutcome, TaskStarted } from '../decider/commands';
import { followUpTask } from '../follow-up-task';
import type { Clock } from '../ports/clock';
import type { PartitionProgress } from '../ports/execution-store';
import type {
  ClaimRequest,
  ClaimedFollowUp,
  ClaimedTask,
  FollowUp,
  QueueDepth,
  SettledTask,
  Task,
  TaskQueue,
  TaskRef,
  Unsubscribe,
} from '../ports/task-queue';
import type { InMemoryEventStream } from './in-memory-event-stream';
import { Notifier } from './notifier';

interface Claim {
  task: Task;
  readonly worker: string;
  renewedAt: number;
  begun: boolean;
}

/** Of an execution: where the hot data of its partition has come to. */
type Place = Pick<PartitionProgress, 'timeline' | 'isResumed'>;

type RevocationListener = (tasks: readonly TaskRef[]) => void;

export class InMemoryTaskQueue implements TaskQueue {
  /** Per queue, in arrival order: a Map keeps it and lets a revoked task be taken out. */
  private readonly waiting = new Map<string, Map<string, Task>>();
  private readonly enqueuedAt = new WeakMap<Task, number>();
  private readonly claims = new Map<string, Claim>();
  /** By the task before. Those that have begun are kept until the owner of the execution knows. */
  private readonly followUps = new Map<string, { readonly task: FollowUp; hasBegun: boolean }>();
  private readonly listeners = new Set<RevocationListener>();
  private readonly arrivals: Notifier;
  private receipts = 0;
  private placeOf: (executionId: string) => Place = () => ({ timeline: 0, isResumed: true });
  /** Which queue the next claim looks at first, so that none starves another. */
  private turn = 0;

  constructor(
    private readonly stream: InMemoryEventStream,
    private readonly clock: Clock,
  ) {
    this.arrivals = new Notifier(clock);
  }

  /** Tasks of partitions that are not resumed cannot be claimed. */
  locatedBy(placeOf: (executionId: string) => Place): void {
    this.placeOf = placeOf;
  }

  add(tasks: readonly Task[]): void {
    this.enqueue(tasks);
    for (const task of tasks) {
      let before: TaskRef = task;
      for (const next of task.followUps ?? []) {
        this.followUps.set(keyOf(before), { task: next, hasBegun: false });
        before = next;
      }
    }
  }

  revoke(refs: readonly TaskRef[]): void {
    if (refs.length === 0) return;
    for (const ref of refs) for (const queue of this.waiting.values()) queue.delete(keyOf(ref));
    for (const listener of this.listeners) listener(refs);
  }

  /** Whether the follow-up of one of the tasks has begun. */
  isFollowed(refs: readonly TaskRef[]): boolean {
    return refs.some((ref) => this.followUps.get(keyOf(ref))?.hasBegun);
  }

  withdraw(refs: readonly TaskRef[]): void {
    for (const ref of refs) this.followUps.delete(keyOf(ref));
  }

  drop(isDropped: (executionId: string) => boolean): void {
    for (const queue of this.waiting.values()) {
      for (const [key, { executionId }] of queue) if (isDropped(executionId)) queue.delete(key);
    }
    for (const [receipt, { task }] of this.claims) {
      if (isDropped(task.executionId)) this.claims.delete(receipt);
    }
    for (const [before, { task }] of this.followUps) {
      if (isDropped(task.executionId)) this.followUps.delete(before);
    }
  }

  async claim(request: ClaimRequest): Promise<readonly ClaimedTask[]> {
    const claimed = this.claimNow(request);
    if (claimed.length > 0 || request.limit <= 0) return claimed;
    await this.arrivals.wait(request.waitMs, request.signal);
    return request.signal?.aborted === true ? [] : this.claimNow(request);
  }

  async settle(worker: string, settled: readonly SettledTask[]): Promise<readonly ClaimedFollowUp[]> {
    const outcomes: TaskOutcome[] = [];
    const claimed: ClaimedFollowUp[] = [];
    for (const one of settled) {
      const { outcome } = one;
      if (!this.isHeard(one)) continue;
      const next = outcome.type === 'TaskSucceeded' ? this.goOn(worker, one) : undefined;
      if (outcome.type === 'TaskSucceeded' && next !== undefined) {
        claimed.push(next);
        outcomes.push({ ...outcome, followedUp: true });
      } else {
        if (this.isOfClaim(one)) this.claims.delete(one.receipt);
        outcomes.push(outcome);
      }
    }
    await this.stream.append(outcomes);
    return claimed;
  }

  /**
   * When data was lost since, or may have been, the attempt may mean something else by now: only that of a known claim
   * counts then.
   */
  private isHeard(settled: SettledTask): boolean {
    return this.isCurrent(settled) || this.isOfClaim(settled);
  }

  /** Nothing was lost since it was claimed. */
  private isCurrent({ receipt, outcome }: SettledTask): boolean {
    const { timeline, isResumed } = this.placeOf(outcome.executionId);
    const claimedOn = timelineOf(receipt);
    return claimedOn === undefined || (isResumed && claimedOn === timeline);
  }

  private isOfClaim({ receipt, outcome }: SettledTask): boolean {
    const claim = this.claims.get(receipt);
    return claim !== undefined && keyOf(claim.task) === keyOf(outcome);
  }

  /** Lets the claim of a task go over to its follow-up. */
  private goOn(worker: string, settled: SettledTask): ClaimedFollowUp | undefined {
    const { receipt, outcome, goesOn } = settled;
    const claim = this.claims.get(receipt);
    const next = this.followUps.get(keyOf(outcome));
    if (goesOn !== true || claim?.worker !== worker) return undefined;
    if (!this.isCurrent(settled) || !this.isOfClaim(settled)) return undefined;
    if (next === undefined || next.hasBegun) return undefined;
    next.hasBegun = true;
    // Its config is not resolved: nobody else will be given it.
    claim.task = followUpTask(next.task, next.task.plan.config);
    claim.begun = true;
    return { followUp: next.task, receipt, hasNext: this.followUps.has(keyOf(next.task)) };
  }

  async reportStarted(started: readonly TaskStarted[]): Promise<void> {
    await this.stream.append(started);
  }

  async markStarted(worker: string, receipts: readonly string[]): Promise<readonly string[]> {
    return receipts.filter((receipt) => {
      const claim = this.claims.get(receipt);
      if (claim?.worker !== worker) return true;
      claim.begun = true;
      return false;
    });
  }

  async renew(worker: string, receipts: readonly string[]): Promise<readonly string[]> {
    return receipts.filter((receipt) => {
      const claim = this.claims.get(receipt);
      if (claim?.worker !== worker) return true;
      claim.renewedAt = this.clock.now();
      return false;
    });
  }

  async release(worker: string, receipts: readonly string[]): Promise<void> {
    const lost: TaskLost[] = [];
    for (const receipt of receipts) {
      const claim = this.claims.get(receipt);
      if (claim?.worker !== worker) continue;
      this.claims.delete(receipt);
      if (claim.begun) lost.push({ ...lostTask(claim), handedBack: true });
      else this.enqueue([claim.task]);
    }
    if (lost.length > 0) await this.stream.append(lost);
  }

  async reclaimStalled(leaseMs: number, limit: number): Promise<number> {
    const oldest = this.clock.now() - leaseMs;
    const stalled = [...this.claims].filter(([, claim]) => claim.renewedAt <= oldest).slice(0, limit);
    for (const [receipt] of stalled) this.claims.delete(receipt);
    await this.stream.append(stalled.map(([, claim]) => lostTask(claim)));
    return stalled.length;
  }

  async onRevoked(listener: RevocationListener): Promise<Unsubscribe> {
    this.listeners.add(listener);
    return async () => void this.listeners.delete(listener);
  }

  async depths(): Promise<readonly QueueDepth[]> {
    const claimed = new Map<string, number>();
    for (const { task } of this.claims.values()) claimed.set(task.queue, (claimed.get(task.queue) ?? 0) + 1);
    const queues = new Set([...this.waiting.keys(), ...claimed.keys()]);
    return Array.from(queues, (queue) => ({
      queue,
      waiting: this.waiting.get(queue)?.size ?? 0,
      claimed: claimed.get(queue) ?? 0,
      oldestWaitingMs: this.oldestWaitingMs(queue),
    }));
  }

  private enqueue(tasks: readonly Task[]): void {
    for (const task of tasks) {
      this.queueOf(task.queue).set(keyOf(task), task);
      this.enqueuedAt.set(task, this.clock.now());
    }
    if (tasks.length > 0) this.arrivals.notify();
  }

  private oldestWaitingMs(queue: string): number {
    const [oldest] = this.queueOf(queue).values();
    const since = oldest && this.enqueuedAt.get(oldest);
    return since === undefined ? 0 : this.clock.now() - since;
  }

  private claimNow({ worker, queues, limit }: ClaimRequest): ClaimedTask[] {
    const claimed: ClaimedTask[] = [];
    const first = queues.length === 0 ? 0 : this.turn++ % queues.length;
    for (const name of [...queues.slice(first), ...queues.slice(0, first)]) {
      const queue = this.queueOf(name);
      for (const [key, task] of queue) {
        if (claimed.length >= limit) return claimed;
        const { timeline, isResumed } = this.placeOf(task.executionId);
        if (!isResumed) continue;
        queue.delete(key);
        const receipt = `${timeline}-${++this.receipts}`;
        this.claims.set(receipt, { task, worker, renewedAt: this.clock.now(), begun: false });
        claimed.push({ task: forWorker(task), receipt });
      }
    }
    return claimed;
  }

  private queueOf(name: string): Map<string, Task> {
    let queue = this.waiting.get(name);
    if (queue === undefined) this.waiting.set(name, (queue = new Map<string, Task>()));
    return queue;
  }
}

/** Of the claim that a receipt is for; undefined: it is none of ours. */
function timelineOf(receipt: string): number | undefined {
  const [, timeline] = /^(\d+)-\d+$/.exec(receipt) ?? [];
  return timeline === undefined ? undefined : Number(timeline);
}

function forWorker(task: Task): Task {
  const given: { -readonly [K in keyof Task]: Task[K] } = { ...task, config: copyOf(task.config) };
  delete given.followUps;
  return given;
}

/** For the small configs of most tasks this takes a fraction of `structuredClone`. */
function copyOf(config: Json): Json {
  return JSON.parse(JSON.stringify(config)) as Json;
}

function lostTask({ task, begun }: Claim): TaskLost {
  const { executionId, nodeId, attempt, delivery } = task;
  return { type: 'TaskLost', executionId, nodeId, attempt, delivery, ...(begun && { begun }) };
}

function keyOf({ executionId, nodeId, attempt }: TaskRef): string {
  return `${executionId}:${nodeId}:${attempt}`;
}
