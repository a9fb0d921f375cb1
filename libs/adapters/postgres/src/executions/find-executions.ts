import type { ExecutionRecord } from '@workflow-engine/execution';

import type { Session } from '../database/database';
import { executionColumns, type StoredExecution, toRecord } from './stored-execution';

/** In the order of the ids; undefined where there is none. */
export async function findExecutions(
  session: Session,
  ids: readonly string[],
): Promise<readonly (ExecutionRecord | undefined)[]> {
  const rows = await session.query<StoredExecution>(
    `SELECT ${executionColumns} FROM executions e WHERE e.id = ANY ($1::uuid[])`,
    [[...new Set(ids)]],
  );
  const byId = new Map(rows.map((row) => [row.id, toRecord(row)]));
  return ids.map((id) => byId.get(id));
}
