import { EXECUTION_STATUSES } from '@workflow-engine/contracts';

import { arrayOf, count, object, orNull, ref, text, time } from './json-schema';

const upToMany = { ...count, description: '1,000 stands for as many or more' };
const milliseconds = { type: 'number', minimum: 0 };

export const monitoringSchemas = {
  StatisticsInterval: object({
    start: time,
    started: count,
    completed: count,
    failed: count,
    cancelled: count,
    timed_out: count,
    p50_ms: {
      ...orNull(milliseconds),
      description: 'Median duration of those that completed, within a tenth; null when none did',
    },
    p95_ms: { ...orNull(milliseconds), description: 'What 95 % of them did not exceed' },
  }),
  Statistics: object({
    since: time,
    until: { ...time, description: 'The end of the last interval, which is not over yet' },
    executions: object(Object.fromEntries(EXECUTION_STATUSES.map((status) => [status, upToMany]))),
    dead_letters: upToMany,
    intervals: {
      ...arrayOf(ref('StatisticsInterval')),
      description: 'Of equal length, in order; an execution that is retried ends again',
    },
  }),
  Queue: object({
    name: text,
    waiting: { ...count, description: 'Tasks that wait for a worker' },
    in_progress: { ...count, description: 'Tasks that a worker has' },
    oldest_waiting_ms: { ...orNull(milliseconds), description: 'Null when none waits' },
    workers: { ...count, description: 'How many serve it' },
  }),
  Queues: object({
    items: arrayOf(ref('Queue')),
    archive_lag: { ...count, description: 'Parts of journals that are not in the system of record yet' },
  }),
  TaskInWork: object({ execution_id: text, node_id: text, handler: text, started_at: time }),
  WorkerSummary: object({
    id: text,
    queues: arrayOf(text),
    handlers: arrayOf(text),
    concurrency: { ...count, description: 'Tasks it can run at a time' },
    in_progress: { ...count, description: 'Tasks it has now' },
    tasks: {
      ...arrayOf(ref('TaskInWork')),
      description: 'Up to ten of these: those it has been at for longest, in this order',
    },
    started_at: time,
    seen_at: { ...time, description: 'When it was last heard of; after 15 seconds it is taken for gone' },
  }),
  Workers: object({ items: arrayOf(ref('WorkerSummary')) }),
};
