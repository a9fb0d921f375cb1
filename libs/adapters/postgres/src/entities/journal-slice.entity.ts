import type { JournalEvent } from '@workflow-engine/execution';

import { integerColumn, jsonTextColumn, uuidColumn } from './columns';
import { table } from './table';

/** Events that were committed together, from `firstSeq` to `lastSeq` without a gap: a row costs more than an event. */
export interface JournalSliceRow {
  executionId: string;
  firstSeq: number;
  lastSeq: number;
  events: readonly JournalEvent[];
}

const primaryKeyConstraintName = 'journal_slices_pkey';

export const journalSliceEntity = table<JournalSliceRow>({
  name: 'JournalSlice',
  tableName: 'journal_slices',
  columns: {
    executionId: { ...uuidColumn('execution_id'), primary: true, primaryKeyConstraintName },
    lastSeq: { ...integerColumn('last_seq'), primary: true, primaryKeyConstraintName },
    firstSeq: integerColumn('first_seq'),
    events: jsonTextColumn('events'),
  },
});
