import type { Json } from '@workflow-engine/dag';
import type { SecretSlot } from '@workflow-engine/templating';

import type { TaskOutcome, TaskStarted } from '../decider/commands';

/** One delivery of one attempt of one node: everything a worker needs to run it. */
export interface Task {
  readonly executionId: string;
  readonly nodeId: string;
  readonly attempt: number;
  /** 1, and one more each time a worker was lost with it. */
  readonly delivery: number;
  readonly queue: string;
  readonly handler: string;
  readonly config: Json;
  readonly secrets: readonly SecretSlot[];
  /** Milliseconds; undefined: no limit. */
  readonly startToCloseMs?: number;
  readonly heartbeatMs?: number;
  /** The start must be reported at once, because a schedule-to-start timer is running. */
  readonly reportStart: boolean;
  /** The start must be marked before the handler begins, so that a loss before can be told from one after it. */
  readonly markStart?: true;
  /**
   * Tasks that wait for nothing but the success of the one before them, this one first: whoever settles it with a success
   * may go on with the next one at once, unless the execution's owner has withdrawn it by then. Not for the worker.
   */
  readonly followUps?: readonly FollowUp[];
  /** What the worker needs for them; undefined: there are none. */
  readonly scope?: FollowUpScope;
}

/** A task that is not scheduled yet. */
export interface FollowUp extends TaskRef {
  readonly plan: FollowUpPlan;
}

/** What is the same in every execution. */
export interface FollowUpPlan {
  /** The node whose success it waits for. */
  readonly dependency: string;
  readonly queue: string;
  readonly handler: string;
  readonly config: Json;
  /** The config has expressions, that may refer to the dependency, and to the scope. */
  readonly isTemplate: boolean;
  readonly startToCloseMs?: number;
  readonly heartbeatMs?: number;
}

/** What the configs of follow-ups may refer to, besides the output of the node before. */
export interface FollowUpScope {
  readonly startedAt: string;
  readonly input: Json;
  readonly labels: Readonly<Record<string, string>>;
}

export interface TaskRef {
  readonly executionId: string;
  readonly nodeId: string;
  readonly attempt: number;
}

/** A task in the hands of one worker, whose handler may change its config. `receipt` is the adapter's own handle of the delivery. */
export interface ClaimedTask {
  readonly task: Task;
  readonly receipt: string;
}

/** What a worker goes on with: the claim of the task before, named by its receipt, is the claim of this one now. */
export interface ClaimedFollowUp {
  readonly followUp: FollowUp;
  readonly receipt: string;
  /** Another one may follow. */
  readonly hasNext: boolean;
}

export interface ClaimRequest {
  readonly worker: string;
  readonly queues: readonly string[];
  /** As many as the worker has room for. */
  readonly limit: number;
  /** How long to wait for the first one, in milliseconds (0: not at all). Ends early when the signal aborts. */
  readonly waitMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Tasks on their way to workers. A claimed task belongs to its worker until it is settled, released, or its
 * lease lapses without a renewal.
 */
export interface TaskQueue {
  claim(request: ClaimRequest): Promise<readonly ClaimedTask[]>;
  /**
   * In one atomic step per partition: the outcomes go to the executions' event streams and the claims end. An
   * outcome is delivered even when its claim is gone; the decider keeps the first one of an attempt. A claim does not
   * end that goes over to a follow-up; the outcome says so (`TaskSucceeded.followedUp`). Returns those.
   */
  settle(worker: string, settled: readonly SettledTask[]): Promise<readonly ClaimedFollowUp[]>;
  /**
   * Durable when it returns: the handlers of these tasks begin, and whoever loses one of them from now on is told so
   * (`TaskLost.begun`). Returns the receipts that are not this worker's any more; their handlers must not begin.
   */
  markStarted(worker: string, receipts: readonly string[]): Promise<readonly string[]>;
  /** Tells the executions that tasks are running (for those that run noticeably long). */
  reportStarted(started: readonly TaskStarted[]): Promise<void>;
  /** Keeps the claims for another lease; returns the receipts that are no longer this worker's. */
  renew(worker: string, receipts: readonly string[]): Promise<readonly string[]>;
  /**
   * Hands tasks back: another worker gets them at once, as the same delivery. Those whose start was marked are
   * reported as `TaskLost` (`handedBack`) instead: they may have had an effect.
   */
  release(worker: string, receipts: readonly string[]): Promise<void>;
  /**
   * Takes up to `limit` tasks whose claim was not renewed for `leaseMs` away from their workers and reports
   * each as `TaskLost`, in one atomic step. Returns how many.
   */
  reclaimStalled(leaseMs: number, limit: number): Promise<number>;
  /** Calls back with tasks whose execution does not want them any more; running ones should stop. */
  onRevoked(listener: (tasks: readonly TaskRef[]) => void): Promise<Unsubscribe>;
  /** Tasks waiting and in work, per queue. */
  depths(): Promise<readonly QueueDepth[]>;
}

export interface SettledTask {
  readonly receipt: string;
  readonly outcome: TaskOutcome;
  /** The worker has room for a follow-up. */
  readonly goesOn?: true;
}

export interface QueueDepth {
  readonly queue: string;
  readonly waiting: number;
  readonly claimed: number;
  /** How long the oldest of the waiting ones has been in the queue; 0 when none waits. */
  readonly oldestWaitingMs: number;
}

export type Unsubscribe = () => Promise<void>;
