import type { Json } from '@workflow-engine/dag';
import type { ExecutionError, ExecutionStatus } from '@workflow-engine/execution';

import { integerColumn, jsonTextColumn, textColumn, timeColumn, uuidColumn } from './columns';
import { table } from './table';

export interface ExecutionRow {
  id: string;
  workflowId: string;
  version: number;
  name: string;
  status: ExecutionStatus;
  labels: Record<string, string>;
  input: Json | null;
  error: ExecutionError | null;
  /** SHA-256 of the key, in hex: keys may be longer than an index entry, and hold any character. */
  idempotencyKey: string | null;
  /** Journal position that `status` stands for: an older archive entry does not change it. */
  statusSeq: number;
  /** Dead letters up to this journal position are settled, also those that arrive late. */
  settledSeq: number;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

/**
 * No foreign key to the definition: it is immutable and never deleted, while the check would lock the one row
 * that thousands of insertions share.
 */
export const executionEntity = table<ExecutionRow>({
  name: 'Execution',
  tableName: 'executions',
  columns: {
    id: { ...uuidColumn('id'), primary: true, primaryKeyConstraintName: 'executions_pkey' },
    workflowId: uuidColumn('workflow_id'),
    version: integerColumn('version'),
    name: textColumn('name'),
    status: textColumn('status'),
    labels: { type: 'jsonb' },
    input: { ...jsonTextColumn('input'), nullable: true },
    error: { ...jsonTextColumn('error'), nullable: true },
    idempotencyKey: { ...textColumn('idempotency_key'), nullable: true },
    statusSeq: { ...integerColumn('status_seq'), default: 0 },
    settledSeq: { ...integerColumn('settled_seq'), default: 0 },
    createdAt: timeColumn('created_at'),
    startedAt: { ...timeColumn('started_at'), nullable: true },
    finishedAt: { ...timeColumn('finished_at'), nullable: true },
  },
  indices: [
    { name: 'executions_status_idx', columns: ['status', 'createdAt', 'id'] },
    { name: 'executions_name_idx', columns: ['name', 'status', 'createdAt', 'id'] },
    {
      name: 'executions_idempotency_key_idx',
      columns: ['workflowId', 'idempotencyKey'],
      unique: true,
      where: 'idempotency_key IS NOT NULL',
    },
    // A partial GIN index with jsonb_path_ops, which TypeORM cannot express: see the migration.
    { name: 'executions_labels_idx', columns: ['labels'], synchronize: false },
  ],
});
