import type { JournalEvent } from '@workflow-engine/execution';

import { integerColumn, jsonTextColumn, uuidColumn } from './columns';
import { table } from './table';

export interface JournalEventRow {
  executionId: string;
  seq: number;
  event: JournalEvent;
}

const primaryKeyConstraintName = 'journal_events_pkey';

export const journalEventEntity = table<JournalEventRow>({
  name: 'JournalEvent',
  tableName: 'journal_events',
  columns: {
    executionId: { ...uuidColumn('execution_id'), primary: true, primaryKeyConstraintName },
    seq: { ...integerColumn('seq'), primary: true, primaryKeyConstraintName },
    event: jsonTextColumn('event'),
  },
});
