import { createHash } from 'node:crypto';
import {
  type CreatedExecution,
  DuplicateExecutionError,
  type ExecutionRecord,
  type NewExecution,
} from '@workflow-engine/execution';

import type { Settled } from '../batching/micro-batcher';
import type { Session } from '../database/database';
import { isId, isVersion } from '../encoding/identifiers';
import { toStoredLabels, toStoredText } from '../encoding/stored-text';
import { executionColumns, type StoredExecution, toRecord } from './stored-execution';

/** An execution in the form in which it is written, and the record it becomes. */
export interface PreparedExecution {
  readonly record: ExecutionRecord;
  readonly labels: string;
  readonly input: string | null;
  readonly keyHash: string | null;
  /** Characters it takes in the statement, roughly. */
  readonly weight: number;
}

/** Whatever is wrong with the call itself shows here, before it shares a statement with others. */
export function prepareExecution(execution: NewExecution): PreparedExecution {
  const { id, workflowId, version, name, trigger } = execution;
  if (!isId(id) || !isId(workflowId))
    throw new TypeError(`not a lower-case UUID: ${isId(id) ? workflowId : id}`);
  if (!isVersion(version)) throw new TypeError(`not a version: ${version}`);
  const createdAt = new Date(execution.createdAt).toISOString();
  const labels = toStoredLabels(execution.labels);
  const input = trigger === undefined ? null : JSON.stringify(trigger.input);
  return {
    record: {
      id,
      workflowId,
      version,
      name,
      status: trigger === undefined ? 'PENDING' : 'RUNNING',
      labels: execution.labels,
      input: trigger?.input ?? null,
      error: null,
      createdAt,
      startedAt: trigger === undefined ? null : createdAt,
      finishedAt: null,
    },
    labels,
    input,
    keyHash: execution.idempotencyKey === undefined ? null : hashOf(execution.idempotencyKey),
    weight: name.length + labels.length + (input?.length ?? 0),
  };
}

const insert = `
  INSERT INTO executions
    (id, workflow_id, version, name, status, labels, input, idempotency_key, created_at, started_at)
  SELECT id, workflow_id, version, name, status, labels::jsonb, input, idempotency_key, created_at, started_at
  FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
      $9::timestamptz[], $10::timestamptz[])
    AS t (id, workflow_id, version, name, status, labels, input, idempotency_key, created_at, started_at)
  ON CONFLICT DO NOTHING
  RETURNING id`;

/**
 * Writes the whole batch with one statement. What conflicts is left out there and looked up afterwards: the
 * holder of the idempotency key, be it of long ago, of a concurrent transaction or of this very batch.
 */
export async function createExecutions(
  session: Session,
  batch: readonly PreparedExecution[],
): Promise<readonly Settled<CreatedExecution>[]> {
  const rows = dropRepeatedIds(batch).sort(byKeyHash);
  const inserted = await session.query<{ id: string }>(insert, [
    rows.map(({ record }) => record.id),
    rows.map(({ record }) => record.workflowId),
    rows.map(({ record }) => record.version),
    rows.map(({ record }) => toStoredText(record.name)),
    rows.map(({ record }) => record.status),
    rows.map(({ labels }) => labels),
    rows.map(({ input }) => input),
    rows.map(({ keyHash }) => keyHash),
    rows.map(({ record }) => record.createdAt),
    rows.map(({ record }) => record.startedAt),
  ]);
  const ids = new Set(inserted.map(({ id }) => id));
  const created = new Set(rows.filter(({ record }) => ids.has(record.id)));
  const holders = await findHolders(
    session,
    batch.filter((prepared) => !created.has(prepared)),
  );
  return batch.map((prepared) => {
    if (created.has(prepared)) return { result: { execution: prepared.record, created: true } };
    const holder = holders.get(holderKey(prepared.record.workflowId, prepared.keyHash));
    if (holder !== undefined) return { result: { execution: holder, created: false } };
    return { error: new DuplicateExecutionError(prepared.record.id) };
  });
}

async function findHolders(
  session: Session,
  refused: readonly PreparedExecution[],
): Promise<ReadonlyMap<string, ExecutionRecord>> {
  const keyed = refused.filter(({ keyHash }) => keyHash !== null);
  if (keyed.length === 0) return new Map();
  const rows = await session.query<StoredExecution & { idempotency_key: string }>(
    `SELECT ${executionColumns}, e.idempotency_key FROM executions e
     WHERE e.idempotency_key IS NOT NULL
       AND (e.workflow_id, e.idempotency_key) IN (SELECT * FROM unnest($1::uuid[], $2::text[]))`,
    [keyed.map(({ record }) => record.workflowId), keyed.map(({ keyHash }) => keyHash)],
  );
  return new Map(rows.map((row) => [holderKey(row.workflow_id, row.idempotency_key), toRecord(row)]));
}

/** The first of each id; the others are duplicates whatever the database says. */
function dropRepeatedIds(batch: readonly PreparedExecution[]): PreparedExecution[] {
  const first = new Map<string, PreparedExecution>();
  for (const prepared of batch) {
    if (!first.has(prepared.record.id)) first.set(prepared.record.id, prepared);
  }
  return [...first.values()];
}

/** All writers take the keys in the same order, so that two batches with common keys wait instead of deadlock. */
function byKeyHash(a: PreparedExecution, b: PreparedExecution): number {
  if (a.keyHash === b.keyHash) return 0;
  return (a.keyHash ?? '') < (b.keyHash ?? '') ? -1 : 1;
}

function holderKey(workflowId: string, keyHash: string | null): string {
  return `${workflowId} ${keyHash ?? ''}`;
}

/** As JSON, because UTF-8 would turn every half surrogate pair into the same replacement character. */
function hashOf(key: string): string {
  return createHash('sha256').update(JSON.stringify(key)).digest('hex');
}
