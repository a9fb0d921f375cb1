import { EXECUTION_STATUSES, NODE_STATUSES } from '@workflow-engine/contracts';

import {
  anyJson,
  arrayOf,
  count,
  id,
  object,
  oneOf,
  orNull,
  pageOf,
  ref,
  text,
  time,
  timeOrNull,
  version,
} from './json-schema';

const executionHead = {
  execution_id: id,
  workflow_id: id,
  name: text,
  version,
  status: ref('ExecutionStatus'),
  labels: { type: 'object', additionalProperties: text },
};

const executionTimes = { created_at: time, started_at: timeOrNull, finished_at: timeOrNull };

export const executionSchemas = {
  ExecutionStatus: oneOf(EXECUTION_STATUSES),
  NodeStatus: oneOf(NODE_STATUSES),
  SubmittedExecution: object({ execution_id: id, workflow_id: id, version, status: ref('ExecutionStatus') }),
  TriggerRequest: {
    ...object({ input: { type: 'object', description: "Must satisfy the definition's `input_schema`" } }, [
      'input',
    ]),
    additionalProperties: false,
  },
  TriggeredExecution: object({ execution_id: id, status: ref('ExecutionStatus') }),
  CancelRequest: {
    ...object({ reason: { type: 'string', maxLength: 1_000 } }, ['reason']),
    additionalProperties: false,
  },
  ExecutionError: object({ code: text, message: text, node_id: text }, ['node_id']),
  Progress: object({
    total: count,
    finished: { ...count, description: 'Nodes that came to an end, whichever' },
    percent: { type: 'integer', minimum: 0, maximum: 100 },
  }),
  ExecutionState: object(
    {
      ...executionHead,
      progress: ref('Progress'),
      node_statuses: { type: 'object', additionalProperties: ref('NodeStatus') },
      ...executionTimes,
      error: ref('ExecutionError'),
    },
    ['error'],
  ),
  ExecutionSummary: object(
    {
      ...executionHead,
      ...executionTimes,
      error: ref('ExecutionError'),
    },
    ['error'],
  ),
  ExecutionSummaryPage: pageOf('ExecutionSummary'),
  ExecutionResults: object(
    {
      execution_id: id,
      status: ref('ExecutionStatus'),
      output: { description: 'Null until the execution is COMPLETED' },
      outputs: { type: 'object', description: 'By node id, of every node that has one' },
      error: ref('ExecutionError'),
    },
    ['error'],
  ),
  TaskError: object({ code: text, message: text, retryable: { type: 'boolean' }, details: anyJson }, [
    'details',
  ]),
  LogLine: object({ at: time, level: oneOf(['debug', 'info', 'warn', 'error']), message: text }),
  NodeAttempt: object({
    attempt: version,
    deliveries: { ...count, description: 'Above 1 when a worker was lost' },
    worker: { type: ['string', 'null'] },
    scheduled_at: time,
    started_at: timeOrNull,
    finished_at: timeOrNull,
    error: orNull(ref('TaskError')),
    logs: arrayOf(ref('LogLine')),
  }),
  NodeDetails: object({
    execution_id: id,
    node_id: text,
    handler: text,
    status: ref('NodeStatus'),
    dependencies: arrayOf(text),
    config: {
      description: 'Templates resolved, secrets still references; null before the node was scheduled',
    },
    output: anyJson,
    error: orNull(ref('TaskError')),
    attempts: arrayOf(ref('NodeAttempt')),
    scheduled_at: timeOrNull,
    started_at: timeOrNull,
    finished_at: timeOrNull,
    due_at: { ...timeOrNull, description: 'When a waiting node goes on' },
  }),
  DeadLetter: object({
    id,
    execution_id: id,
    name: text,
    node_id: text,
    handler: text,
    error: ref('ExecutionError'),
    attempts: count,
    created_at: time,
  }),
  DeadLetterPage: pageOf('DeadLetter'),
};
