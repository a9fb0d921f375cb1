import type { Json } from '@workflow-engine/dag';
import type { ExecutionStatus, TriggerResult } from '@workflow-engine/execution';

import type { Session } from '../database/database';
import { executionColumns, type StoredExecution, toRecord } from './stored-execution';

export interface PreparedTrigger {
  readonly id: string;
  readonly input: string;
  readonly at: string;
}

export function prepareTrigger(id: string, input: Json, at: string): PreparedTrigger {
  return { id, input: JSON.stringify(input), at: new Date(at).toISOString() };
}

const update = `
  UPDATE executions e SET status = 'RUNNING', input = t.input, started_at = t.at
  FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS t (id, input, at)
  WHERE e.id = t.id AND e.status = 'PENDING'
  RETURNING ${executionColumns}`;

/** PENDING -> RUNNING with one statement: the row's lock lets exactly one of all callers win, wherever they are. */
export async function triggerExecutions(
  session: Session,
  batch: readonly PreparedTrigger[],
): Promise<readonly TriggerResult[]> {
  const first = new Map<string, PreparedTrigger>();
  for (const trigger of batch) if (!first.has(trigger.id)) first.set(trigger.id, trigger);
  const rows = [...first.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const updated = await session.query<StoredExecution>(update, [
    rows.map(({ id }) => id),
    rows.map(({ input }) => input),
    rows.map(({ at }) => at),
  ]);
  const triggered = new Map(updated.map((row) => [row.id, toRecord(row)]));
  const losers = batch.filter((trigger) => !(triggered.has(trigger.id) && first.get(trigger.id) === trigger));
  const statuses = await findStatuses(session, losers);
  return batch.map((trigger) => {
    const execution = triggered.get(trigger.id);
    if (execution !== undefined && first.get(trigger.id) === trigger) {
      return { outcome: 'triggered', execution };
    }
    const status = statuses.get(trigger.id);
    return status === undefined ? { outcome: 'not_found' } : { outcome: 'wrong_state', status };
  });
}

async function findStatuses(
  session: Session,
  triggers: readonly PreparedTrigger[],
): Promise<ReadonlyMap<string, ExecutionStatus>> {
  if (triggers.length === 0) return new Map();
  const rows = await session.query<{ id: string; status: ExecutionStatus }>(
    'SELECT id, status FROM executions WHERE id = ANY($1::uuid[])',
    [triggers.map(({ id }) => id)],
  );
  return new Map(rows.map(({ id, status }) => [id, status]));
}
