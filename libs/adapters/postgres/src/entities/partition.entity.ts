import { bigintColumn, integerColumn } from './columns';
import { table } from './table';

export interface PartitionRow {
  partition: number;
  timeline: number;
  turn: number;
}

/** Which timeline of a partition is archived, and how far. */
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
  },
});
