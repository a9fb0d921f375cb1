import { anyJson, arrayOf, count, id, object, oneOf, pageOf, ref, text, time, version } from './json-schema';
import type { JsonSchema } from './operation';

const report = { worker: text, started_at: time, logs: arrayOf(ref('LogLine')) };
const reportFields = Object.keys(report);

/** One event type: the fields every event has and its own. */
function event(
  type: string,
  fields: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
): JsonSchema {
  return object({ seq: version, at: time, type: { const: type }, ...fields }, optional);
}

const events = {
  ExecutionStarted: event('ExecutionStarted', { workflow_id: id, version, input: anyJson }),
  ExecutionPaused: event('ExecutionPaused', {}),
  ExecutionResumed: event('ExecutionResumed', {}),
  ExecutionRetried: event('ExecutionRetried', { node_ids: arrayOf(text) }),
  ExecutionCompleted: event('ExecutionCompleted', { output: anyJson }),
  ExecutionFailed: event(
    'ExecutionFailed',
    { error: ref('ExecutionError'), dead_letter: object({ node_id: text, handler: text, attempts: count }) },
    ['dead_letter'],
  ),
  ExecutionCancelled: event('ExecutionCancelled', { reason: text }, ['reason']),
  ExecutionTimedOut: event('ExecutionTimedOut', { error: ref('ExecutionError') }),
  NodeScheduled: event(
    'NodeScheduled',
    { node_id: text, attempt: version, config: anyJson, secrets: arrayOf({ type: 'object' }) },
    ['config', 'secrets'],
  ),
  NodeStarted: event('NodeStarted', { node_id: text, attempt: version, worker: text, started_at: time }),
  NodeCompleted: event(
    'NodeCompleted',
    { node_id: text, attempt: count, output: anyJson, ...report },
    reportFields,
  ),
  NodeFailed: event(
    'NodeFailed',
    {
      node_id: text,
      attempt: count,
      status: oneOf(['FAILED', 'TIMED_OUT']),
      error: ref('TaskError'),
      tolerated: { type: 'boolean' },
      ...report,
    },
    reportFields,
  ),
  NodeSkipped: event('NodeSkipped', { node_id: text, reason: oneOf(['condition', 'join']) }),
  RetryScheduled: event(
    'RetryScheduled',
    { node_id: text, attempt: version, error: ref('TaskError'), due_at: time, ...report },
    reportFields,
  ),
  TaskRedelivered: event('TaskRedelivered', {
    node_id: text,
    attempt: version,
    delivery: version,
    reason: oneOf(['worker_lost', 'not_begun', 'handed_back', 'recovered', 'person']),
  }),
  NodeParked: event('NodeParked', {
    node_id: text,
    attempt: version,
    handler: text,
    error: ref('TaskError'),
  }),
  NodeUnparked: event('NodeUnparked', {
    node_id: text,
    attempt: version,
    parked_seq: version,
    by: oneOf(['retry', 'discard', 'outcome', 'end']),
  }),
  TimerSet: event(
    'TimerSet',
    { node_id: text, purpose: oneOf(['delay', 'schedule_to_start', 'execution_timeout']), due_at: time },
    ['node_id'],
  ),
};

const names = Object.keys(events);

export const journalSchemas = {
  ...events,
  JournalEvent: {
    description: 'What happened to an execution; `seq` counts 1, 2, 3 ... without gaps',
    oneOf: names.map(ref),
    discriminator: {
      propertyName: 'type',
      mapping: Object.fromEntries(names.map((name) => [name, `#/components/schemas/${name}`])),
    },
  },
  JournalEventPage: pageOf('JournalEvent'),
};
