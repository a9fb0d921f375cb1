import { bigintColumn, integerColumn } from './columns';
import { table } from './table';

export interface PartitionRow {
  partition: number;
  timeline: number;
  turn: number;
  archivedTimeline: number;
}

/** Which timeline of a partition is current, and how far which one is archived. */
export const partitionEntity = table<PartitionRow>({
  name: 'Partition',
  tableName: 'partitions',
  columns: {
    partition: {
      ...integerColumn('partition'),
      primary: true,
      primaryKeyConstraintName: 'partitions_pkey',
    },
    timeline: bigintColumn('timeline'),
    turn: bigintColumn('turn'),
    archivedTimeline: bigintColumn('archived_timeline'),
  },
});
