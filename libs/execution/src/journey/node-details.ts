import type { Json } from '@workflow-engine/dag';

import type { JournalEvent, TaskError } from '../decider/events';
import { scopeOf } from '../decider/scope';
import { idOf, predecessorsOf, statusOf } from '../decider/state';
import type { ExecutionState } from '../decider/state';
import { isTerminalNode } from '../decider/status';
import type { NodeStatus } from '../decider/status';
import type { AttemptView, NodeDetails } from './engine-api';
import { nodeOf } from './execution-views';
import { readJournal } from './journal-reader';
import type { ApiContext } from './ports';

/** Everything the journal tells about one node. */
export async function nodeDetails(
  context: ApiContext,
  executionId: string,
  nodeId: string,
): Promise<NodeDetails> {
  const { record, state } = await context.views.fold(executionId);
  const node = nodeOf({ record, state }, nodeId);
  const events = (await readJournal(context, executionId, 0)).filter((event) => isAbout(event, nodeId));
  const attempts = attemptsOf(events);
  const status = state.seq === 0 && record.status === 'CANCELLED' ? 'CANCELLED' : statusOf(state, node);
  const dueAt = state.dueAt.get(node);
  const finishedAt = state.finishedAt ?? record.finishedAt;
  const scheduledAt = events.find(({ type }) => type === 'NodeScheduled' || type === 'TimerSet')?.at ?? null;
  const startedAt = attempts.find(({ started_at }) => started_at !== undefined)?.started_at ?? null;
  return {
    executionId: record.id,
    nodeId,
    handler: state.workflow.plans[node]?.handler ?? '',
    status,
    dependencies: Array.from(predecessorsOf(state, node), (dependency) => idOf(state, dependency)),
    config: configOf(state, node, events),
    output: state.outputs[node] ?? null,
    error: state.errors.get(node) ?? null,
    attempts,
    scheduledAt:
      scheduledAt !== null && startedAt !== null && startedAt < scheduledAt ? startedAt : scheduledAt,
    startedAt,
    finishedAt: finishedAtOf(status, events) ?? (status === 'CANCELLED' ? finishedAt : null),
    dueAt: status === 'WAITING' && dueAt !== undefined ? new Date(dueAt).toISOString() : null,
  };
}

/** Of a node that has ended; one that waits for its next attempt, or begins anew, has not. */
function finishedAtOf(status: NodeStatus, events: readonly JournalEvent[]): string | undefined {
  if (!isTerminalNode(status) || status === 'CANCELLED') return undefined;
  return events.findLast(({ type }) => ENDS.has(type))?.at;
}

const ENDS: ReadonlySet<string> = new Set(['NodeCompleted', 'NodeFailed', 'NodeSkipped']);

function isAbout(event: JournalEvent, nodeId: string): boolean {
  return event.type === 'ExecutionRetried' ? false : 'node_id' in event && event.node_id === nodeId;
}

/** As the journal recorded it; a config without templates is the same for every attempt and is not recorded. */
function configOf(state: ExecutionState, node: number, events: readonly JournalEvent[]): Json {
  const recorded = events.findLast((event) => event.type === 'NodeScheduled' && event.config !== undefined);
  if (recorded?.type === 'NodeScheduled') return recorded.config ?? null;
  const template = state.workflow.templates.nodes[node]?.config;
  return template?.isStatic === true ? template.resolve(scopeOf(state)).value : null;
}

type Building = { -readonly [K in keyof AttemptView]: AttemptView[K] };

function attemptsOf(events: readonly JournalEvent[]): readonly AttemptView[] {
  const attempts = new Map<number, Building>();
  for (const event of events) {
    if (event.type === 'NodeScheduled') {
      const { attempt, at: scheduled_at } = event;
      attempts.set(attempt, { attempt, deliveries: 1, scheduled_at, finished_at: null, error: null });
    } else if ('attempt' in event) {
      noteOn(attempts.get(event.attempt), event);
    }
  }
  return [...attempts.values()];
}

function noteOn(attempt: Building | undefined, event: JournalEvent): void {
  if (attempt === undefined) return;
  switch (event.type) {
    case 'TaskRedelivered':
      attempt.deliveries = event.delivery;
      return;
    case 'NodeStarted':
      noteStart(attempt, event.started_at);
      attempt.worker = event.worker;
      return;
    case 'NodeParked':
      attempt.error = event.error;
      return;
    case 'NodeUnparked':
      attempt.error = null;
      return;
    case 'NodeCompleted':
      return close(attempt, event, null);
    case 'NodeFailed':
    case 'RetryScheduled':
      return close(attempt, event, event.error);
    default:
  }
}

/** A worker may have gone on with a task by itself, before that was scheduled. */
function noteStart(attempt: Building, startedAt: string): void {
  attempt.started_at = startedAt;
  if (startedAt < attempt.scheduled_at) attempt.scheduled_at = startedAt;
}

function close(
  attempt: Building,
  event: Extract<JournalEvent, { type: 'NodeCompleted' | 'NodeFailed' | 'RetryScheduled' }>,
  error: TaskError | null,
): void {
  attempt.finished_at = event.at;
  attempt.error = error;
  if (event.worker !== undefined) attempt.worker = event.worker;
  if (event.started_at !== undefined) noteStart(attempt, event.started_at);
  if (event.logs !== undefined) attempt.logs = event.logs;
}
