import type { ExecutionError } from '@workflow-engine/execution';

import { integerColumn, jsonTextColumn, textColumn, timeColumn, uuidColumn } from './columns';
import { table } from './table';

/** Closed letters stay as rows, so that an archive entry that comes again does not open them anew. */
export type DeadLetterState = 'open' | 'settled' | 'discarded';

export interface DeadLetterRow {
  id: string;
  executionId: string;
  seq: number;
  nodeId: string;
  handler: string;
  error: ExecutionError;
  attempts: number;
  state: DeadLetterState;
  createdAt: string;
}

export const deadLetterEntity = table<DeadLetterRow>({
  name: 'DeadLetter',
  tableName: 'dead_letters',
  columns: {
    id: { ...uuidColumn('id'), primary: true, primaryKeyConstraintName: 'dead_letters_pkey' },
    executionId: uuidColumn('execution_id'),
    seq: integerColumn('seq'),
    nodeId: textColumn('node_id'),
    handler: textColumn('handler'),
    error: jsonTextColumn('error'),
    attempts: integerColumn('attempts'),
    state: textColumn('state'),
    createdAt: timeColumn('created_at'),
  },
  uniques: [{ name: 'dead_letters_position_key', columns: ['executionId', 'seq'] }],
  indices: [{ name: 'dead_letters_open_idx', columns: ['createdAt', 'id'], where: "state = 'open'" }],
});
