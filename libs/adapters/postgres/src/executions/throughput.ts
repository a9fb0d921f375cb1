import {
  type ExecutionStatus,
  EXECUTION_STATUSES,
  type TerminalStatus,
  type Throughput,
  THROUGHPUT_KEPT_MS,
  THROUGHPUT_RESOLUTION_MS,
  type ThroughputRequest,
} from '@workflow-engine/execution';

import type { Session } from '../database/database';
import { durationClassOf, quantileOf } from './duration-classes';

/**
 * The end of a statement that has `happened (at, event, ms)`: starts, whose `ms` is 0, and ends, with the time they took.
 * All archivers write to the same few rows, so this comes last in a transaction, in one order: the rows are locked for a
 * moment only.
 */
export const countHappened = `
  INSERT INTO execution_statistics AS s (at, event, duration_class, executions)
  SELECT date_bin('${THROUGHPUT_RESOLUTION_MS} ms', at, 'epoch'), event, ${durationClassOf('ms')}, count(*)::integer
  FROM happened GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  ON CONFLICT (at, event, duration_class) DO UPDATE SET executions = s.executions + excluded.executions`;

/** What is too old for any question. */
export async function forgetThroughput(session: Session): Promise<void> {
  const oldest = new Date(Date.now() - THROUGHPUT_KEPT_MS).toISOString();
  await session.query('DELETE FROM execution_statistics WHERE at < $1::timestamptz', [oldest]);
}

interface CountedEvents {
  /** Of the interval. */
  readonly start: Date;
  readonly event: 'STARTED' | TerminalStatus;
  readonly duration_class: number;
  readonly executions: number;
}

export async function readThroughput(
  session: Session,
  { since, intervalMs, intervals }: ThroughputRequest,
): Promise<readonly Throughput[]> {
  const rows = await session.query<CountedEvents>(
    `SELECT date_bin($2::interval, at, $1::timestamptz) AS start, event, duration_class,
       sum(executions)::integer AS executions
     FROM execution_statistics WHERE at >= $1::timestamptz AND at < $3::timestamptz
     GROUP BY 1, 2, 3`,
    [
      new Date(since).toISOString(),
      `${intervalMs} ms`,
      new Date(since + intervals * intervalMs).toISOString(),
    ],
  );
  const byInterval = Array.from({ length: intervals }, (): CountedEvents[] => []);
  for (const row of rows) byInterval[(row.start.getTime() - since) / intervalMs]?.push(row);
  return byInterval.map(throughputOf);
}

function throughputOf(rows: readonly CountedEvents[]): Throughput {
  const counts = { STARTED: 0, COMPLETED: 0, FAILED: 0, CANCELLED: 0, TIMED_OUT: 0 };
  const durations = new Map<number, number>();
  for (const { event, duration_class, executions } of rows) {
    counts[event] += executions;
    if (event === 'COMPLETED') durations.set(duration_class, executions);
  }
  const { STARTED: started, ...ended } = counts;
  return {
    started,
    ended,
    durationMs:
      durations.size === 0 ? null : { p50: quantileOf(durations, 0.5), p95: quantileOf(durations, 0.95) },
  };
}

/** One short index scan per status, because of its order; a plain `GROUP BY status` would read the whole index. */
export async function countByStatus(
  session: Session,
  upTo: number,
): Promise<Readonly<Record<ExecutionStatus, number>>> {
  const rows = await session.query<{ status: ExecutionStatus; executions: number }>(countStatement, [
    [...EXECUTION_STATUSES],
    upTo,
  ]);
  const counts = rows.map(({ status, executions }) => [status, executions] as const);
  return Object.fromEntries(counts) as Record<ExecutionStatus, number>;
}

const countStatement = `
  SELECT s.status, c.executions FROM unnest($1::text[]) AS s (status)
  CROSS JOIN LATERAL (
    SELECT count(*)::integer AS executions
    FROM (SELECT 1 FROM executions e WHERE e.status = s.status ORDER BY e.created_at LIMIT $2) AS found
  ) AS c`;
