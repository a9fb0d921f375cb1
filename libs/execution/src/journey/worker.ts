import type { TaskOutcome, TaskStarted, TaskSucceeded } from '../decider/commands';
import { isoTime } from '../iso-time';
import type { TaskInWork } from '../ports/worker-directory';
import type {
  ClaimedFollowUp,
  ClaimedTask,
  FollowUpScope,
  SettledTask,
  Task,
  TaskQueue,
  TaskRef,
  Unsubscribe,
} from '../ports/task-queue';
import { FollowUpResolver } from './resolve-follow-up';
import { RoleLoop } from './role-loop';
import { failureOf, runTask } from './run-task';
import type { RunTaskPorts } from './run-task';
import { TaskWatch } from './task-watch';
import { WorkerPresence } from './worker-presence';
import type { WorkerPresencePorts } from './worker-presence';

export interface WorkerPorts extends RunTaskPorts, WorkerPresencePorts {
  readonly tasks: TaskQueue;
  /** Told of every task that was run here, for metrics. */
  readonly onTaskRun?: (task: Task, outcome: TaskOutcome, durationMs: number) => void;
}

export interface WorkerOptions {
  /** Unique per process. */
  readonly id: string;
  readonly queues: readonly string[];
  /** Tasks at a time. */
  readonly concurrency: number;
  /** A claim that is not renewed for this long is taken for lost. */
  readonly leaseMs: number;
  /** How long running tasks may go on after a stop before they are handed back. */
  readonly graceMs: number;
}

const CLAIM_WAIT_MS = 1000;
/** Tasks shorter than this never show as RUNNING; it saves them a message. */
const REPORT_START_AFTER_MS = 100;

const NOTHING = Promise.resolve();
/** As many tasks a worker names when it tells what it does. */
const TOLD_TASKS = 10;

interface Running {
  readonly claimed: ClaimedTask;
  readonly watch: TaskWatch;
  done: Promise<void>;
  /** Epoch milliseconds; infinite until the handler begins. */
  startedAt: number;
  startReported: boolean;
}

/** The worker role: claims as many tasks as it has room for, runs them, settles their outcomes. */
export class Worker {
  private readonly running = new Map<string, Running>();
  private readonly loop: RoleLoop;
  private readonly renewal: RoleLoop;
  private readonly startReports: RoleLoop;
  private readonly presence: WorkerPresence;
  private readonly followUps = new FollowUpResolver();
  private settling: SettledTask[] = [];
  private isStopping = false;
  private flushing: Promise<void> | undefined;
  private roomFreed: () => void = () => undefined;
  private unsubscribe: Unsubscribe | undefined;

  constructor(
    private readonly ports: WorkerPorts,
    private readonly options: WorkerOptions,
  ) {
    this.loop = new RoleLoop('worker', ports, (signal) => this.turn(signal));
    this.startReports = new RoleLoop('start reports', ports, (signal) => this.reportLongRunning(signal));
    this.renewal = new RoleLoop('claim renewal', ports, (signal) => this.renew(signal));
    const { id, queues, concurrency } = options;
    const startedAt = new Date(ports.clock.now()).toISOString();
    const handlers = [...ports.handlers.keys()].sort();
    this.presence = new WorkerPresence(ports, () => {
      const tasks = this.oldestTasks();
      return { id, queues, handlers, concurrency, running: this.running.size, tasks, startedAt };
    });
  }

  async start(): Promise<void> {
    this.unsubscribe = await this.ports.tasks.onRevoked((tasks) => this.abortRevoked(tasks));
    this.loop.start();
    this.renewal.start();
    this.startReports.start();
    this.presence.start();
  }

  /** Claims nothing more; running tasks may finish within the grace period, the rest is handed back. */
  async stop(): Promise<void> {
    this.isStopping = true;
    const stopped = this.loop.stop();
    this.roomFreed();
    await stopped;
    const grace = new AbortController();
    await Promise.race([this.finished(), this.ports.clock.sleep(this.options.graceMs, grace.signal)]);
    grace.abort();
    await this.handBack();
    await this.renewal.stop();
    await this.startReports.stop();
    await this.presence.stop();
    await this.unsubscribe?.();
  }

  /** All handlers have ended and all outcomes are delivered. */
  private async finished(): Promise<void> {
    while (this.running.size > 0) await Promise.all(Array.from(this.running.values(), ({ done }) => done));
    await this.flushing;
  }

  private async turn(signal: AbortSignal): Promise<void> {
    const { id, queues, concurrency } = this.options;
    const limit = concurrency - this.running.size;
    if (limit <= 0) return this.waitForRoom();
    const request = { worker: id, queues, limit, waitMs: CLAIM_WAIT_MS, signal };
    const claimed = await this.ports.tasks.claim(request);
    const toMark = claimed.filter(({ task }) => task.markStart === true);
    const marked = toMark.length > 0 ? this.markStarts(toMark.map(({ receipt }) => receipt)) : undefined;
    const taken = claimed.map((one) => this.run(one, one.task.markStart === true ? marked : undefined));
    void this.reportStarts(taken.filter((one) => one.claimed.task.reportStart && hasBegun(one)));
  }

  private waitForRoom(): Promise<void> {
    return new Promise((resolve) => (this.roomFreed = resolve));
  }

  private run(claimed: ClaimedTask, marked: Promise<ReadonlySet<string>> | undefined): Running {
    const watch = new TaskWatch(this.ports.clock);
    const running = { claimed, watch, done: NOTHING, startedAt: Infinity, startReported: false };
    this.running.set(claimed.receipt, running);
    running.done = this.runToOutcome(running, marked);
    return running;
  }

  private async runToOutcome(
    running: Running,
    marked: Promise<ReadonlySet<string>> | undefined,
  ): Promise<void> {
    const { task, receipt } = running.claimed;
    if (marked !== undefined && !(await marked).has(receipt)) this.drop(receipt);
    // Lost, or handed back, before it could begin.
    if (!this.running.has(receipt)) return;
    running.startedAt = this.ports.clock.now();
    if (marked !== undefined && task.reportStart) void this.reportStarts([running]);
    const outcome = await runTask(this.ports, task, this.options.id, running.watch);
    this.noteRun(task, outcome, this.ports.clock.now() - running.startedAt);
    // Handed back or lost meanwhile: another worker has it.
    if (this.running.get(receipt) !== running) return;
    // The room is kept for what may follow, unless others may wait for it.
    const isFull = this.running.size >= this.options.concurrency;
    if (task.scope !== undefined && outcome.type === 'TaskSucceeded' && !isFull && !this.isStopping)
      return this.settle({ receipt, outcome, goesOn: true });
    this.running.delete(receipt);
    this.roomFreed();
    await this.settle({ receipt, outcome });
  }

  /**
   * The receipts whose handlers may begin. Tried until it is known: without its mark, the loss of a task that has
   * begun would look harmless.
   */
  private async markStarts(receipts: readonly string[]): Promise<ReadonlySet<string>> {
    const { clock, log, tasks } = this.ports;
    for (let held = receipts; held.length > 0; held = held.filter((receipt) => this.running.has(receipt))) {
      try {
        const gone = new Set(await tasks.markStarted(this.options.id, held));
        return new Set(held.filter((receipt) => !gone.has(receipt)));
      } catch (error) {
        log.warn('starts could not be marked, trying again', { count: held.length, err: error });
        await clock.sleep(this.options.leaseMs / 10);
      }
    }
    return new Set();
  }

  /** Whoever listens must not take an outcome with it. */
  private noteRun(task: Task, outcome: TaskOutcome, durationMs: number): void {
    try {
      this.ports.onTaskRun?.(task, outcome, durationMs);
    } catch (error) {
      this.ports.log.error('a listener of task runs failed', { handler: task.handler, err: error });
    }
  }

  /** One look at all of them costs less than a timer for each. */
  private async reportLongRunning(signal: AbortSignal): Promise<void> {
    const { clock } = this.ports;
    await clock.sleep(REPORT_START_AFTER_MS, signal);
    const latest = clock.now() - REPORT_START_AFTER_MS;
    await this.reportStarts([...this.running.values()].filter(({ startedAt }) => startedAt <= latest));
  }

  private async reportStarts(candidates: readonly Running[]): Promise<void> {
    const started = candidates.filter(({ startReported }) => !startReported);
    if (started.length === 0) return;
    for (const running of started) running.startReported = true;
    const { tasks, log } = this.ports;
    try {
      await tasks.reportStarted(started.map((running) => this.taskStarted(running)));
    } catch (error) {
      for (const running of started) running.startReported = false;
      log.warn('starts could not be reported, trying again', { count: started.length, err: error });
    }
  }

  private oldestTasks(): readonly TaskInWork[] {
    const tasks: TaskInWork[] = [];
    for (const { claimed, startedAt } of this.running.values()) {
      if (tasks.length === TOLD_TASKS) break;
      const { executionId, nodeId, handler } = claimed.task;
      // What is claimed and not begun yet came last.
      if (startedAt !== Infinity) tasks.push({ executionId, nodeId, handler, startedAt: isoTime(startedAt) });
    }
    return tasks;
  }

  private taskStarted({ claimed, startedAt }: Running): TaskStarted {
    const { executionId, nodeId, attempt } = claimed.task;
    const worker = this.options.id;
    return {
      type: 'TaskStarted',
      executionId,
      nodeId,
      attempt,
      worker,
      startedAt: new Date(startedAt).toISOString(),
    };
  }

  /** Whoever kept room for a follow-up either runs it or gives the room up. */
  private goOn(settled: readonly SettledTask[], followUps: readonly ClaimedFollowUp[]): void {
    const byReceipt = new Map(followUps.map((followUp) => [followUp.receipt, followUp]));
    for (const { receipt, goesOn, outcome } of settled) {
      const before = this.running.get(receipt);
      if (goesOn !== true || before === undefined) continue;
      this.running.delete(receipt);
      const next = byReceipt.get(receipt);
      const { scope } = before.claimed.task;
      if (next !== undefined && scope !== undefined && outcome.type === 'TaskSucceeded')
        this.runFollowUp(next, scope, outcome);
      else this.roomFreed();
    }
  }

  private runFollowUp(
    { followUp, receipt, hasNext }: ClaimedFollowUp,
    scope: FollowUpScope,
    before: TaskSucceeded,
  ): void {
    try {
      const task = this.followUps.resolve(followUp, scope, before.output);
      this.run({ task: hasNext ? { ...task, scope } : task, receipt }, undefined);
    } catch (error) {
      // The owner of the execution comes to the same end.
      this.roomFreed();
      void this.settle({ receipt, outcome: failureOf(followUp, error, { worker: this.options.id }) });
    }
  }

  /** Outcomes that arrive while others are on their way go out together. */
  private settle(settled: SettledTask): Promise<void> {
    this.settling.push(settled);
    this.flushing ??= this.flushAll();
    return this.flushing;
  }

  private async flushAll(): Promise<void> {
    await Promise.resolve();
    while (this.settling.length > 0) await this.flush();
    this.flushing = undefined;
  }

  private async flush(): Promise<void> {
    const batch = this.settling;
    this.settling = [];
    try {
      this.goOn(batch, await this.ports.tasks.settle(this.options.id, batch));
    } catch (error) {
      this.settling = [...batch, ...this.settling];
      this.ports.log.error('outcomes could not be delivered, trying again', {
        count: batch.length,
        err: error,
      });
      await this.ports.clock.sleep(this.options.leaseMs / 10);
    }
  }

  private async renew(signal: AbortSignal): Promise<void> {
    const { id, leaseMs } = this.options;
    await this.ports.clock.sleep(leaseMs / 3, signal);
    if (this.running.size === 0) return;
    const lost = await this.ports.tasks.renew(id, [...this.running.keys()]);
    for (const receipt of lost) this.drop(receipt);
  }

  private abortRevoked(tasks: readonly TaskRef[]): void {
    const revoked = new Set(tasks.map(keyOf));
    for (const { claimed, watch } of this.running.values())
      if (revoked.has(keyOf(claimed.task))) watch.stop();
  }

  private async handBack(): Promise<void> {
    const receipts = [...this.running.keys()];
    for (const receipt of receipts) this.drop(receipt);
    if (receipts.length > 0) await this.ports.tasks.release(this.options.id, receipts);
  }

  /** Its outcome is not this worker's to tell any more. */
  private drop(receipt: string): void {
    const running = this.running.get(receipt);
    if (running === undefined) return;
    this.running.delete(receipt);
    running.watch.stop();
    this.roomFreed();
  }
}

function hasBegun({ startedAt }: Running): boolean {
  return startedAt !== Infinity;
}

function keyOf({ executionId, nodeId, attempt }: TaskRef): string {
  return `${executionId}:${nodeId}:${attempt}`;
}
