import {
  type ExecutionStatus,
  type JournalEvent,
  type NodeStatus,
  TERMINAL_EVENTS,
} from '@workflow-engine/contracts';

import { downstreamOf, type OutlineNode, ranksOf } from '../graph/outline';

export interface WatchedNode {
  readonly id: string;
  readonly handler: string;
  /** How deep to indent it. */
  readonly depth: number;
  status: NodeStatus;
  attempt: number;
  startedAt: number | undefined;
  finishedAt: number | undefined;
  /** Why it failed or is tried again. */
  note: string;
}

const executionStatus: Readonly<Partial<Record<JournalEvent['type'], ExecutionStatus>>> = {
  ExecutionStarted: 'RUNNING',
  ExecutionPaused: 'PAUSED',
  ExecutionResumed: 'RUNNING',
  ExecutionRetried: 'RUNNING',
  ExecutionCompleted: 'COMPLETED',
  ExecutionFailed: 'FAILED',
  ExecutionCancelled: 'CANCELLED',
  ExecutionTimedOut: 'TIMED_OUT',
};

const ended: readonly NodeStatus[] = ['COMPLETED', 'FAILED', 'SKIPPED', 'CANCELLED', 'TIMED_OUT'];

/** An execution as its journal tells it, for the eye. */
export class Progress {
  status: ExecutionStatus = 'PENDING';
  startedAt: number | undefined;
  /** Of the last event. */
  now = 0;
  readonly nodes: readonly WatchedNode[];
  private readonly byId: ReadonlyMap<string, WatchedNode>;

  constructor(
    readonly name: string,
    readonly executionId: string,
    private readonly outline: readonly OutlineNode[],
  ) {
    const ranks = ranksOf(outline);
    const depthOf = ({ id }: OutlineNode): number => ranks.get(id) ?? 0;
    this.nodes = [...outline]
      .sort((a, b) => depthOf(a) - depthOf(b))
      .map((node) => ({
        id: node.id,
        handler: node.handler,
        depth: depthOf(node),
        status: 'PENDING',
        attempt: 0,
        startedAt: undefined,
        finishedAt: undefined,
        note: '',
      }));
    this.byId = new Map(this.nodes.map((node) => [node.id, node]));
  }

  get finished(): number {
    return this.nodes.filter(({ status }) => ended.includes(status)).length;
  }

  get isOver(): boolean {
    return ended.some((status) => status === this.status);
  }

  /** The node that the event is about, if there is one. */
  apply(event: JournalEvent): WatchedNode | undefined {
    this.now = Date.parse(event.at);
    this.status = executionStatus[event.type] ?? this.status;
    if (event.type === 'ExecutionStarted') this.startedAt = this.now;
    if (event.type === 'ExecutionRetried') this.startAnew(event.node_ids);
    if (TERMINAL_EVENTS.includes(event.type) && event.type !== 'ExecutionCompleted') this.close();
    const node = 'node_id' in event ? this.byId.get(event.node_id) : undefined;
    if (node !== undefined) applyTo(node, event, this.now);
    return node;
  }

  /** Cancelled nodes, the given ones and everything downstream of them. */
  private startAnew(ids: readonly string[]): void {
    const cancelled = this.nodes.filter(({ status }) => status === 'CANCELLED').map(({ id }) => id);
    for (const id of downstreamOf(this.outline, [...ids, ...cancelled])) {
      const node = this.byId.get(id);
      if (node !== undefined)
        Object.assign(node, { status: 'PENDING', note: '', startedAt: undefined, finishedAt: undefined });
    }
  }

  /** What was open when the execution ended will not run. */
  private close(): void {
    for (const node of this.nodes) if (!ended.includes(node.status)) node.status = 'CANCELLED';
  }
}

function applyTo(node: WatchedNode, event: JournalEvent, at: number): void {
  if ('attempt' in event) node.attempt = event.attempt;
  if ('started_at' in event) node.startedAt = Date.parse(event.started_at);
  switch (event.type) {
    case 'NodeScheduled':
      node.startedAt = undefined;
      node.status = 'SCHEDULED';
      return;
    case 'NodeStarted':
      node.status = 'RUNNING';
      return;
    case 'NodeCompleted':
      finish(node, 'COMPLETED', at, '');
      return;
    case 'NodeFailed':
      finish(node, event.status, at, `${event.error.code}: ${event.error.message}`);
      return;
    case 'NodeSkipped':
      finish(
        node,
        'SKIPPED',
        at,
        event.reason === 'condition' ? 'its condition was false' : 'its join was not met',
      );
      return;
    case 'RetryScheduled':
      node.status = 'WAITING';
      node.note = `attempt ${event.attempt} failed with ${event.error.code}, next one follows`;
      return;
    case 'NodeParked':
      node.status = 'PARKED';
      node.note = 'may have run; waits among the dead letters: wfe dlq list';
      return;
    case 'TimerSet':
      if (node.status !== 'WAITING') node.status = 'WAITING';
      return;
    default:
  }
}

function finish(node: WatchedNode, status: NodeStatus, at: number, note: string): void {
  node.status = status;
  node.finishedAt = at;
  node.note = note;
}
