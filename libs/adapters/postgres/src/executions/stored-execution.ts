import type { Json } from '@workflow-engine/dag';
import type { ExecutionError, ExecutionRecord, ExecutionStatus } from '@workflow-engine/execution';

import { fromStoredLabels, fromStoredText } from '../encoding/stored-text';

/** A row as the driver gives it. */
export interface StoredExecution {
  readonly id: string;
  readonly workflow_id: string;
  readonly version: number;
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly labels: Readonly<Record<string, string>>;
  readonly input: string | null;
  readonly error: string | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
}

export const executionColumns =
  'e.id, e.workflow_id, e.version, e.name, e.status, e.labels, e.input, e.error, e.created_at, e.started_at, e.finished_at';

export function toRecord(row: StoredExecution): ExecutionRecord {
  return {
    id: row.id,
    workflowId: row.workflow_id,
    version: row.version,
    name: fromStoredText(row.name),
    status: row.status,
    labels: fromStoredLabels(row.labels),
    input: row.input === null ? null : (JSON.parse(row.input) as Json),
    error: row.error === null ? null : (JSON.parse(row.error) as ExecutionError),
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}
