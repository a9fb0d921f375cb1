import type { TerminalStatus } from '@workflow-engine/execution';

import { integerColumn, textColumn, timeColumn } from './columns';
import { table } from './table';

/**
 * How many executions started or ended in a short span of time, and how long those took: a few rows for each span,
 * however many executions there are.
 */
export interface ExecutionStatisticRow {
  /** When the span begins. */
  at: string;
  event: 'STARTED' | TerminalStatus;
  /** See `durationClassOf`; 0 with a start. */
  durationClass: number;
  executions: number;
}

const primaryKeyConstraintName = 'execution_statistics_pkey';

export const executionStatisticEntity = table<ExecutionStatisticRow>({
  name: 'ExecutionStatistic',
  tableName: 'execution_statistics',
  columns: {
    at: { ...timeColumn('at'), primary: true, primaryKeyConstraintName },
    event: { ...textColumn('event'), primary: true, primaryKeyConstraintName },
    durationClass: { ...integerColumn('duration_class'), primary: true, primaryKeyConstraintName },
    executions: integerColumn('executions'),
  },
});
