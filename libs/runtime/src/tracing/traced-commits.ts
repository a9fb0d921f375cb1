import type { CommitBatch, HotPorts, JournalEvent } from '@workflow-engine/execution';

import { observed } from '../observed';
import { type OpenTask, OpenTasks } from '../open-tasks';
import { attemptSpanId, executionSpanId, spanIdOf, type Tracing } from './span';

/** The hot ports of an orchestrator, whose commits tell when executions and attempts begin and end. */
export function tracedHotPorts(ports: HotPorts, tracing: Tracing): HotPorts {
  const { store, leases } = ports;
  const attempts = new OpenTasks({ onEnded: (open, event) => recordAttempt(tracing, open, event) });
  const executions = new OpenExecutions(tracing);
  const forget = (partition: number): void => {
    attempts.forget(partition);
    executions.forget(partition);
  };
  return {
    ...ports,
    store: observed(store, {
      async commit(lease, batch) {
        const now = Date.now();
        const outcome = await store.commit(lease, batch);
        if (outcome === 'committed') {
          attempts.noteCommit(lease.partition, batch, now);
          executions.noteCommit(lease.partition, batch);
        } else if (outcome === 'fenced') {
          forget(lease.partition);
        }
        return outcome;
      },
    }),
    leases: observed(leases, {
      async acquire(partition, owner, leaseMs) {
        const lease = await leases.acquire(partition, owner, leaseMs);
        // What was known before, somebody else may have gone on with.
        if (lease !== undefined) forget(partition);
        return lease;
      },
    }),
  };
}

/** From the commit that scheduled it to its outcome: waiting and running. */
function recordAttempt(tracing: Tracing, { task, sentAt, startedAt }: OpenTask, event: JournalEvent): void {
  const { executionId, nodeId, attempt, handler, queue, delivery } = task;
  tracing.record({
    name: `attempt ${handler}`,
    kind: 'internal',
    executionId,
    id: attemptSpanId(executionId, nodeId, attempt),
    parentId: executionSpanId(executionId),
    // A worker may have gone on with it by itself.
    startedAt: Math.min(sentAt, startedAt ?? sentAt),
    endedAt: Date.parse(event.at),
    attributes: {
      'wfe.node_id': nodeId,
      'wfe.attempt': attempt,
      'wfe.handler': handler,
      'wfe.queue': queue,
      'wfe.deliveries': delivery,
      ...(startedAt !== undefined && { 'wfe.waited_ms': Math.max(0, startedAt - sentAt) }),
    },
    ...('error' in event && { error: event.error.code }),
  });
}

interface Begun {
  readonly startedAt: number;
  readonly spanId: string;
  readonly parentId: string | undefined;
}

/** Executions from their start, or from their retry, to their end. */
class OpenExecutions {
  private readonly partitions = new Map<number, Map<string, Begun>>();

  constructor(private readonly tracing: Tracing) {}

  noteCommit(partition: number, { journals }: CommitBatch): void {
    const open = this.partitions.get(partition) ?? new Map<string, Begun>();
    this.partitions.set(partition, open);
    for (const { executionId, events } of journals)
      for (const event of events) this.noteEvent(open, executionId, event);
  }

  forget(partition: number): void {
    this.partitions.delete(partition);
  }

  private noteEvent(open: Map<string, Begun>, executionId: string, event: JournalEvent): void {
    const root = executionSpanId(executionId);
    switch (event.type) {
      case 'ExecutionStarted':
        open.set(executionId, { startedAt: Date.parse(event.at), spanId: root, parentId: undefined });
        return;
      case 'ExecutionRetried': {
        const spanId = spanIdOf(executionId, 'retry', event.seq);
        open.set(executionId, { startedAt: Date.parse(event.at), spanId, parentId: root });
        return;
      }
      case 'ExecutionCompleted':
      case 'ExecutionFailed':
      case 'ExecutionCancelled':
      case 'ExecutionTimedOut':
        this.recordEnd(open.get(executionId), executionId, event);
        open.delete(executionId);
        return;
      default:
    }
  }

  /** One that another process began is shown from its creation on, which its id tells. */
  private recordEnd(begun: Begun | undefined, executionId: string, event: JournalEvent): void {
    const { startedAt, spanId, parentId } = begun ?? {
      startedAt: createdAt(executionId),
      spanId: executionSpanId(executionId),
      parentId: undefined,
    };
    this.tracing.record({
      name: parentId === undefined ? 'execution' : 'retry of execution',
      kind: 'internal',
      executionId,
      id: spanId,
      parentId,
      startedAt,
      endedAt: Date.parse(event.at),
      attributes: { 'wfe.end': event.type.slice('Execution'.length) },
      ...('error' in event && { error: event.error.code }),
    });
  }
}

/** UUIDv7 (RFC 9562, 5.7): it begins with 48 bits of milliseconds. */
function createdAt(executionId: string): number {
  return Number.parseInt(executionId.replaceAll('-', '').slice(0, 12), 16);
}
