import { createHash } from 'node:crypto';
import {
  type CreatedExecution,
  DuplicateExecutionError,
  type ExecutionRecord,
  type NewExecution,
  OutdatedVersionError,
} from '@workflow-engine/execution';

import type { Session } from '../database/database';
import { isId, isVersion } from '../encoding/identifiers';
import { toStoredLabels, toStoredText } from '../encoding/stored-text';
import { uniqueViolationOf } from '../errors';
import { executionColumns, type StoredExecution, toRecord } from './stored-execution';

/** An execution in the form in which it is written, and the record it becomes. */
export interface PreparedExecution {
  readonly record: ExecutionRecord;
  readonly labels: string;
  readonly input: string | null;
  readonly keyHash: string | null;
  /** It is written only if its version is the newest of its workflow. */
  readonly ifNewest: boolean;
  /** Characters it takes in the statement, roughly. */
  readonly size: number;
}

/** Whatever is wrong with the call itself shows here, before it shares a statement with others. */
export function prepareExecution(execution: NewExecution, ifNewest: boolean): PreparedExecution {
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
    ifNewest,
    size: name.length + labels.length + (input?.length ?? 0),
  };
}

const insert = `
  INSERT INTO executions
    (id, workflow_id, version, name, status, labels, input, idempotency_key, created_at, started_at)
  SELECT id, workflow_id, version, name, status, labels::jsonb, input, idempotency_key, created_at, started_at
  FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
      $9::timestamptz[], $10::timestamptz[], $11::boolean[])
    AS t (id, workflow_id, version, name, status, labels, input, idempotency_key, created_at, started_at, if_newest)
  WHERE NOT if_newest
    OR (workflow_id, version) IN (SELECT w.id, w.latest_version FROM workflows w WHERE w.id = ANY ($2::uuid[]))
  ON CONFLICT (workflow_id, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
  RETURNING id`;

/**
 * Writes the calls with one statement, all or none. A row whose idempotency key is known is left out there and its
 * holder looked up afterwards, be it of long ago, of a concurrent transaction or of this very batch.
 * @returns of each call what it created, or why it created nothing
 * @throws {DuplicateExecutionError} when an id is taken, and nothing was written
 */
export async function createExecutions(
  session: Session,
  calls: readonly (readonly PreparedExecution[])[],
): Promise<readonly (readonly CreatedExecution[] | OutdatedVersionError)[]> {
  const all = calls.flat();
  if (all.length === 0) return calls.map(() => []);
  const created = await insertExecutions(session, [...all].sort(byKeyHash));
  const holders = await findHolders(
    session,
    all.filter((prepared) => !created.has(prepared)),
  );
  return calls.map((call) => {
    const answers: CreatedExecution[] = [];
    for (const prepared of call) {
      const { record, keyHash, ifNewest } = prepared;
      const isNew = created.has(prepared);
      const execution = isNew ? record : holders.get(holderKey(record.workflowId, keyHash));
      if (execution !== undefined) answers.push({ execution, created: isNew });
      else if (ifNewest) return new OutdatedVersionError(record.name, record.version);
      else throw new DuplicateExecutionError(record.id);
    }
    return answers;
  });
}

/** @returns those that were written; the keys of the others are known */
async function insertExecutions(
  session: Session,
  rows: readonly PreparedExecution[],
): Promise<ReadonlySet<PreparedExecution>> {
  const parameters = [
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
    rows.map(({ ifNewest }) => ifNewest),
  ];
  const inserted = await session.prepared<{ id: string }>(insert, parameters).catch((error: unknown) => {
    throw duplicateId(error) ?? error;
  });
  const ids = new Set(inserted.map(({ id }) => id));
  // A repeated key may come with a repeated id: only the first of them is the row that was written.
  return new Set(rows.filter(({ record }) => ids.delete(record.id)));
}

function duplicateId(error: unknown): DuplicateExecutionError | undefined {
  const conflict = uniqueViolationOf(error);
  if (conflict?.constraint !== 'executions_pkey') return undefined;
  return new DuplicateExecutionError(/=\((.*)\)/.exec(conflict.detail)?.[1] ?? '');
}

async function findHolders(
  session: Session,
  refused: readonly PreparedExecution[],
): Promise<ReadonlyMap<string, ExecutionRecord>> {
  const keyed = refused.flatMap(({ record, keyHash }) =>
    keyHash === null ? [] : [{ workflowId: record.workflowId, keyHash }],
  );
  return keyed.length === 0 ? new Map() : holdersOf(session, keyed);
}

/** The executions that were created with these keys, by key. */
export async function executionsByKeys(
  session: Session,
  workflowId: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, ExecutionRecord>> {
  const hashes = new Map(keys.map((key) => [key, hashOf(key)]));
  const keyed = Array.from(hashes.values(), (keyHash) => ({ workflowId, keyHash }));
  const holders = await holdersOf(session, keyed);
  const found = new Map<string, ExecutionRecord>();
  for (const [key, keyHash] of hashes) {
    const holder = holders.get(holderKey(workflowId, keyHash));
    if (holder !== undefined) found.set(key, holder);
  }
  return found;
}

async function holdersOf(
  session: Session,
  keyed: readonly { readonly workflowId: string; readonly keyHash: string }[],
): Promise<ReadonlyMap<string, ExecutionRecord>> {
  const rows = await session.query<StoredExecution & { idempotency_key: string }>(
    `SELECT ${executionColumns}, e.idempotency_key FROM executions e
     WHERE e.idempotency_key IS NOT NULL
       AND (e.workflow_id, e.idempotency_key) IN (SELECT * FROM unnest($1::uuid[], $2::text[]))`,
    [keyed.map(({ workflowId }) => workflowId), keyed.map(({ keyHash }) => keyHash)],
  );
  return new Map(rows.map((row) => [holderKey(row.workflow_id, row.idempotency_key), toRecord(row)]));
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
