/**
 * Reads the journal of one execution as the documentation tells it, and says what is wrong with it. Shares no code with
 * the decider.
 */
import { durationMs } from '@workflow-engine/dag';
import type { Duration, Json, NodeDefinition, WorkflowDefinition } from '@workflow-engine/dag';

import type { JournalEvent, TaskError } from '../src/decider/events';
import type { ExecutionStatus, NodeStatus } from '../src/decider/status';

export interface FoldedNode {
  readonly definition: NodeDefinition;
  status: NodeStatus;
  output: Json | undefined;
  error: TaskError | undefined;
  tolerated: boolean;
  /** The latest one; 0: none yet. */
  attempt: number;
  /** Attempts before the execution was last retried. */
  attemptsBefore: number;
  /** Of the latest attempt. */
  delivery: number;
  /** Since when it waits to be started, in epoch milliseconds. */
  dispatchedAt: number;
  parkedAt: number | undefined;
  /** When the next attempt is due, or the end of a delay, in epoch milliseconds. */
  dueAt: number | undefined;
}

const OPEN: readonly NodeStatus[] = ['SCHEDULED', 'RUNNING', 'PARKED'];
const ENDED: readonly NodeStatus[] = ['COMPLETED', 'FAILED', 'TIMED_OUT', 'SKIPPED'];
/** The documented defaults. */
const [MAX_ATTEMPTS, INTERVAL_S, BACKOFF_RATE, MAX_INTERVAL_S] = [3, 1, 2, 30];

/** No worker reports it. */
const NEVER_STARTED = 'SCHEDULE_TO_START_TIMEOUT';
const TIMEOUTS: readonly string[] = ['TIMEOUT', 'HEARTBEAT_TIMEOUT', NEVER_STARTED];

type NodeEvent =
  | Extract<JournalEvent, { readonly node_id: string }>
  | (Extract<JournalEvent, { readonly type: 'TimerSet' }> & { readonly node_id: string });
type AttemptFailed = Extract<NodeEvent, { readonly error: TaskError; readonly attempt: number }>;

/** A fold of its own, so that the engine's is checked by another one. */
export class JournalFold {
  readonly faults: string[] = [];
  readonly nodes = new Map<string, FoldedNode>();
  status: ExecutionStatus = 'PENDING';
  output: Json = null;
  error: { readonly code: string; readonly message: string } | null = null;
  finishedAt: string | null = null;
  /** Position of the event that put the execution's last task aside for a person. */
  deadLetterOf: string | undefined;
  private seq = 0;
  /** Epoch milliseconds. */
  private latestAt = 0;
  /** When the execution began, or began anew. */
  private begunAt = 0;

  /** `clocksApartMs`: the clocks of those who wrote the events may have been apart by so much. */
  constructor(
    private readonly definition: WorkflowDefinition,
    events: readonly JournalEvent[],
    private readonly clocksApartMs = 0,
  ) {
    for (const node of definition.dag.nodes) this.nodes.set(node.id, newNode(node));
    for (const event of events) this.read(event);
  }

  private get isOver(): boolean {
    return !['PENDING', 'RUNNING', 'PAUSED'].includes(this.status);
  }

  private read(event: JournalEvent): void {
    const { seq, at, type } = event;
    this.expect(seq === this.seq + 1, event, `after ${this.seq}`);
    const time = Date.parse(at);
    this.expect(time >= this.latestAt - this.clocksApartMs, event, `earlier than one before`);
    this.seq = seq;
    this.latestAt = Math.max(time, this.latestAt);
    this.expect((type === 'ExecutionStarted') === (seq === 1), event, 'not where an execution starts');
    this.expect(
      !this.isOver || type === 'ExecutionRetried',
      event,
      `although the execution is ${this.status}`,
    );
    if ('node_id' in event) this.readNode(event as NodeEvent);
    else this.readExecution(event);
  }

  private readExecution(event: JournalEvent): void {
    switch (event.type) {
      case 'ExecutionStarted':
        this.status = 'RUNNING';
        this.begunAt = Date.parse(event.at);
        return;
      case 'ExecutionPaused':
        this.expect(this.status === 'RUNNING', event, `although ${this.status}`);
        this.status = 'PAUSED';
        return;
      case 'ExecutionResumed':
        this.expect(this.status === 'PAUSED', event, `although ${this.status}`);
        this.status = 'RUNNING';
        return;
      case 'ExecutionRetried':
        this.expect(this.isOver, event, `although ${this.status}`);
        for (const [id, node] of this.nodes)
          if (this.status !== 'COMPLETED' && isFinalFailure(node))
            this.expect(event.node_ids.includes(id), event, `without ${id}`);
        this.begunAt = Date.parse(event.at);
        return this.startAnew(event.node_ids);
      case 'ExecutionCompleted':
        for (const [id, { status }] of this.nodes)
          this.expect(ENDED.includes(status), event, `${id} is ${status}`);
        this.output = event.output;
        return this.end('COMPLETED', event);
      case 'ExecutionFailed':
        this.deadLetterOf = event.dead_letter?.node_id;
        return this.end('FAILED', event);
      case 'ExecutionCancelled':
        return this.end('CANCELLED', event);
      case 'ExecutionTimedOut':
        this.expectPassed(event, this.begunAt, this.definition.timeout);
        return this.end('TIMED_OUT', event);
      default:
    }
  }

  private end(status: ExecutionStatus, event: JournalEvent): void {
    this.status = status;
    this.error = 'error' in event ? event.error : null;
    this.finishedAt = event.at;
    for (const [id, node] of this.nodes) {
      this.expect(node.status !== 'PARKED', event, `${id} is still parked`);
      if (!ENDED.includes(node.status)) node.status = 'CANCELLED';
    }
  }

  /** The given nodes, what was overtaken by the end, and everything downstream of them. */
  private startAnew(given: readonly string[]): void {
    this.status = 'RUNNING';
    this.output = null;
    this.error = null;
    this.finishedAt = null;
    this.deadLetterOf = undefined;
    const anew = new Set(given);
    for (const [id, { status }] of this.nodes) if (status === 'CANCELLED') anew.add(id);
    for (const id of anew) {
      for (const [other, { definition }] of this.nodes)
        if (definition.dependencies?.includes(id) === true) anew.add(other);
    }
    for (const id of anew) {
      const node = this.nodes.get(id);
      if (node === undefined) continue;
      const { definition, attempt } = node;
      this.nodes.set(id, { ...newNode(definition), attempt, attemptsBefore: attempt });
    }
  }

  private readNode(event: NodeEvent): void {
    const node = this.nodes.get(event.node_id);
    if (node === undefined) return this.expect(false, event, 'of no node');
    for (const dependency of node.definition.dependencies ?? []) {
      const { status } = this.nodes.get(dependency) ?? {};
      this.expect(status !== undefined && ENDED.includes(status), event, `before ${dependency} has ended`);
    }
    this.expect(!ENDED.includes(node.status), event, `although it is ${node.status}`);
    const isParked = node.status === 'PARKED';
    this.expect(isParked === (event.type === 'NodeUnparked'), event, `although it is ${node.status}`);
    this.apply(node, event);
  }

  private apply(node: FoldedNode, event: NodeEvent): void {
    switch (event.type) {
      case 'NodeScheduled':
        return this.schedule(node, event);
      case 'NodeStarted':
        this.expectOpen(node, event);
        node.status = 'RUNNING';
        return;
      case 'TaskRedelivered':
        this.expectOpen(node, event);
        this.expect(event.delivery === node.delivery + 1, event, `after delivery ${node.delivery}`);
        node.delivery = event.delivery;
        node.dispatchedAt = Date.parse(event.at);
        node.status = 'SCHEDULED';
        return;
      case 'NodeParked':
        this.expectOpen(node, event);
        this.expect(node.definition.on_uncertain === 'park', event, 'although its policy is another one');
        node.status = 'PARKED';
        node.parkedAt = event.seq;
        return;
      case 'NodeUnparked':
        this.expect(node.parkedAt === event.parked_seq, event, `parked at ${node.parkedAt ?? 'no time'}`);
        node.status = 'SCHEDULED';
        node.parkedAt = undefined;
        return;
      case 'RetryScheduled':
        this.expectOpen(node, event);
        return this.retryLater(node, event);
      case 'NodeCompleted':
        if (isTask(node)) this.expectOpen(node, event);
        if (node.definition.handler === 'delay') this.expectDue(node, event);
        node.status = 'COMPLETED';
        node.output = event.output;
        return;
      case 'NodeFailed':
        return this.fail(node, event);
      case 'NodeSkipped':
        this.expect(node.status === 'PENDING' && this.status === 'RUNNING', event, `although ${node.status}`);
        node.status = 'SKIPPED';
        return;
      case 'TimerSet':
        if (event.purpose === 'delay') this.delay(node, event);
        return;
    }
  }

  private delay(node: FoldedNode, event: NodeEvent): void {
    this.expect(node.status === 'PENDING' && this.status === 'RUNNING', event, `although ${node.status}`);
    node.status = 'WAITING';
    const { duration, until } = { ...node.definition.config };
    node.dueAt =
      typeof until === 'string' ? Date.parse(until) : Date.parse(event.at) + durationMs(duration as Duration);
  }

  private schedule(node: FoldedNode, event: Extract<NodeEvent, { type: 'NodeScheduled' }>): void {
    this.expect(this.status === 'RUNNING', event, `although ${this.status}`);
    this.expect(!OPEN.includes(node.status), event, `although it is ${node.status}`);
    this.expect(event.attempt === node.attempt + 1, event, `after attempt ${node.attempt}`);
    if (node.status === 'WAITING') this.expectDue(node, event);
    const used = event.attempt - node.attemptsBefore;
    this.expect(used <= maxAttempts(node), event, `of ${maxAttempts(node)} attempts`);
    Object.assign(node, {
      status: 'SCHEDULED',
      attempt: event.attempt,
      delivery: 1,
      dispatchedAt: Date.parse(event.at),
      dueAt: undefined,
      error: undefined,
    });
  }

  private retryLater(node: FoldedNode, event: Extract<NodeEvent, { type: 'RetryScheduled' }>): void {
    this.expect(mayRetry(node, event.error), event, 'although that is not to be tried again');
    this.expectUnstarted(node, event);
    const [at, due] = [Date.parse(event.at), Date.parse(event.due_at)];
    const { jitter, ...retry } = { ...node.definition.retry };
    const rate = (retry.backoff_rate ?? BACKOFF_RATE) ** (node.attempt - node.attemptsBefore - 1);
    const backoff = Math.min(
      Number(retry.interval ?? INTERVAL_S) * rate,
      Number(retry.max_interval ?? MAX_INTERVAL_S),
    );
    const isRight =
      jitter === 'none'
        ? Math.abs(due - at - backoff * 1000) <= 1
        : due >= at && due <= at + backoff * 1000 + 1;
    this.expect(isRight, event, `${due - at} ms of ${backoff} s`);
    Object.assign(node, { status: 'WAITING', error: event.error, dueAt: due });
  }

  private fail(node: FoldedNode, event: Extract<NodeEvent, { type: 'NodeFailed' }>): void {
    // A template or a control node fails before there is an attempt.
    const wasOpen = OPEN.includes(node.status);
    if (wasOpen) this.expectOpen(node, event);
    else this.expect(event.attempt === node.attempt + 1, event, `after attempt ${node.attempt}`);
    const isGivenUp = event.error.message.includes('gave it up');
    this.expect(
      !wasOpen || isGivenUp || !mayRetry(node, event.error),
      event,
      'although it may be tried again',
    );
    this.expectUnstarted(node, event);
    const isTimeout = wasOpen && TIMEOUTS.includes(event.error.code);
    this.expect(
      (event.status === 'TIMED_OUT') === isTimeout,
      event,
      `${event.status} by ${event.error.code}`,
    );
    const tolerated = node.definition.on_failure === 'continue';
    this.expect(event.tolerated === tolerated, event, 'tolerated or not');
    Object.assign(node, { status: event.status, error: event.error, tolerated });
  }

  private expectOpen(node: FoldedNode, event: Extract<NodeEvent, { readonly attempt: number }>): void {
    const isOpen = OPEN.includes(node.status) && node.attempt === event.attempt;
    this.expect(isOpen, event, `although attempt ${node.attempt} is ${node.status}`);
  }

  /** Only one that nobody has started for so long fails by it. */
  private expectUnstarted(node: FoldedNode, event: AttemptFailed): void {
    if (event.error.code !== NEVER_STARTED) return;
    const { timeout } = node.definition;
    this.expect(node.status === 'SCHEDULED', event, `although it is ${node.status}`);
    this.expectPassed(
      event,
      node.dispatchedAt,
      typeof timeout === 'object' ? timeout.schedule_to_start : undefined,
    );
  }

  private expectDue({ dueAt = Infinity }: FoldedNode, event: NodeEvent): void {
    this.expect(Date.parse(event.at) >= dueAt, event, 'before it is due');
  }

  /**
   * However far clocks are apart: whoever ends something does so when its time has come by the clock that it writes
   * the end by. So journals are never early by their own times.
   */
  private expectPassed(event: JournalEvent, since: number, limit: Duration | undefined): void {
    if (limit === undefined) return this.expect(false, event, 'although there is no such limit');
    const passed = Date.parse(event.at) - since;
    this.expect(passed >= durationMs(limit), event, `after ${passed} ms of ${durationMs(limit)}`);
  }

  private expect(holds: boolean, { seq, type, ...rest }: JournalEvent, why: string): void {
    if (holds) return;
    const of = 'node_id' in rest ? ` of ${rest.node_id}` : '';
    this.faults.push(`${seq}: ${type}${of}${'attempt' in rest ? ` (attempt ${rest.attempt})` : ''} ${why}`);
  }
}

function newNode(definition: NodeDefinition): FoldedNode {
  return {
    definition,
    status: 'PENDING',
    output: undefined,
    error: undefined,
    tolerated: false,
    attempt: 0,
    attemptsBefore: 0,
    delivery: 0,
    dispatchedAt: 0,
    parkedAt: undefined,
    dueAt: undefined,
  };
}

function isTask({ definition }: FoldedNode): boolean {
  return definition.handler === 'work';
}

function isFinalFailure({ status, tolerated }: FoldedNode): boolean {
  return (status === 'FAILED' || status === 'TIMED_OUT') && !tolerated;
}

function maxAttempts({ definition }: FoldedNode): number {
  return definition.retry?.max_attempts ?? MAX_ATTEMPTS;
}

function mayRetry(node: FoldedNode, { code, retryable }: TaskError): boolean {
  const retryOn = node.definition.retry?.retry_on;
  const isRetryable = retryOn === undefined ? retryable : retryOn.includes(code) || retryOn.includes('*');
  return isRetryable && node.attempt - node.attemptsBefore < maxAttempts(node);
}
