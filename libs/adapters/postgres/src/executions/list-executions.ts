import {
  EXECUTION_STATUSES,
  type ExecutionFilter,
  type ExecutionRecord,
  type Page,
  type PageRequest,
} from '@workflow-engine/execution';

import type { Session } from '../database/database';
import { type CreationKey, decodeCursor, encodeCursor, isCreationKey } from '../encoding/cursor';
import { pageOf } from '../encoding/page';
import { toStoredLabels, toStoredText } from '../encoding/stored-text';
import { executionColumns, type StoredExecution, toRecord } from './stored-execution';

interface ListRequest extends PageRequest {
  /** Names the list in its cursors. */
  readonly list: string;
  readonly order: 'ASC' | 'DESC';
  readonly filter: ExecutionFilter;
}

export function searchExecutions(
  session: Session,
  filter: ExecutionFilter,
  page: PageRequest,
): Promise<Page<ExecutionRecord>> {
  return listExecutions(session, { ...page, list: 'executions', order: 'DESC', filter });
}

export function unfinishedExecutions(session: Session, page: PageRequest): Promise<Page<ExecutionRecord>> {
  const filter: ExecutionFilter = { status: ['RUNNING', 'PAUSED'] };
  return listExecutions(session, { ...page, list: 'unfinished', order: 'ASC', filter });
}

async function listExecutions(session: Session, request: ListRequest): Promise<Page<ExecutionRecord>> {
  const { sql, parameters } = listStatement(request);
  const rows = await session.query<StoredExecution>(sql, parameters);
  return pageOf(rows, request.limit, toRecord, (row) =>
    encodeCursor(request.list, [row.created_at.toISOString(), row.id]),
  );
}

/**
 * One index scan in creation order per status, each cut off at the limit, and merged. A plain
 * `status IN (...) ORDER BY created_at` would have to sort every row of these statuses.
 */
export function listStatement({ list, order, filter, limit, cursor }: ListRequest): {
  readonly sql: string;
  readonly parameters: readonly unknown[];
} {
  const parameters: unknown[] = [];
  const bind = (value: unknown): string => `$${parameters.push(value)}`;
  const conditions = [`e.status = s.status`];
  if (filter.name !== undefined) conditions.push(`e.name = ${bind(toStoredText(filter.name))}`);
  if (filter.since !== undefined) {
    conditions.push(`e.created_at >= ${bind(new Date(filter.since).toISOString())}::timestamptz`);
  }
  if (filter.labels !== undefined && Object.keys(filter.labels).length > 0) {
    conditions.push(`e.labels @> ${bind(toStoredLabels(filter.labels))}::jsonb AND e.labels <> '{}'`);
  }
  if (cursor !== undefined) {
    const [createdAt, id]: CreationKey = decodeCursor(list, cursor, isCreationKey);
    const beyond = order === 'DESC' ? '<' : '>';
    conditions.push(`(e.created_at, e.id) ${beyond} (${bind(createdAt)}::timestamptz, ${bind(id)}::uuid)`);
  }
  const statuses = bind([...new Set(filter.status ?? EXECUTION_STATUSES)]);
  const rows = bind(limit + 1);
  const sql = `
    SELECT e.* FROM unnest(${statuses}::text[]) AS s (status)
    CROSS JOIN LATERAL (
      SELECT ${executionColumns} FROM executions e
      WHERE ${conditions.join(' AND ')}
      ORDER BY e.created_at ${order}, e.id ${order} LIMIT ${rows}
    ) e
    ORDER BY e.created_at ${order}, e.id ${order} LIMIT ${rows}`;
  return { sql, parameters };
}
