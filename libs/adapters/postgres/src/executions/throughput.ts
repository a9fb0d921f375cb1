import {
  type ExecutionStatus,
  EXECUTION_STATUSES,
  isTerminal,
  type JournalEvent,
  type TerminalStatus,
  type Throughput,
  THROUGHPUT_KEPT_MS,
  THROUGHPUT_RESOLUTION_MS,
  type ThroughputRequest,
} from '@workflow-engine/execution';

import type { Session } from '../database/database';
import { durationClassOf, quantileOf } from './duration-classes';

/** An execution whose status the archive has changed, as it is now. */
export interface ChangedExecution {
  readonly status: ExecutionStatus;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
}

/**
 * Counts what the archive has just written for the first time, in its transaction. All archivers write to the same few
 * rows, so this comes last, in one order: the rows are locked for a moment only.
 */
export async function noteThroughput(
  session: Session,
  starts: readonly Pick<JournalEvent, 'at'>[],
  changed: readonly ChangedExecution[],
): Promise<void> {
  const counts = new Map<string, number>();
  const note = (at: number, event: string, durationClass: number): void => {
    const span = Math.floor(at / THROUGHPUT_RESOLUTION_MS) * THROUGHPUT_RESOLUTION_MS;
    const key = `${span} ${event} ${durationClass}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  for (const { at } of starts) note(Date.parse(at), 'STARTED', 0);
  for (const { status, started_at: from, finished_at: to } of changed) {
    if (!isTerminal(status) || from === null || to === null) continue;
    note(to.getTime(), status, durationClassOf(to.getTime() - from.getTime()));
  }
  if (counts.size === 0) return;
  const rows = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  const fields = rows.map(([key]) => key.split(' '));
  await session.prepared(
    `INSERT INTO execution_statistics AS s (at, event, duration_class, executions)
     SELECT * FROM unnest($1::timestamptz[], $2::text[], $3::integer[], $4::integer[])
     ON CONFLICT (at, event, duration_class) DO UPDATE SET executions = s.executions + excluded.executions`,
    [
      fields.map(([span]) => new Date(Number(span)).toISOString()),
      fields.map(([, event]) => event),
      fields.map(([, , durationClass]) => Number(durationClass)),
      rows.map(([, count]) => count),
    ],
  );
}

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
