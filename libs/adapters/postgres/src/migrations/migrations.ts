import { CreateTables1763880000000 } from './1763880000000-create-tables';
import { CreatePartitions1763890000000 } from './1763890000000-create-partitions';
import { CreateJournalSlices1763900000000 } from './1763900000000-create-journal-slices';
import { AddArchivedTimeline1763910000000 } from './1763910000000-add-archived-timeline';
import { CreateExecutionStatistics1763920000000 } from './1763920000000-create-execution-statistics';
import { CompressJournalsQuickly1763930000000 } from './1763930000000-compress-journals-quickly';

/** In order. A released migration is never changed; a new one follows it. */
export const migrations = [
  CreateTables1763880000000,
  CreatePartitions1763890000000,
  CreateJournalSlices1763900000000,
  AddArchivedTimeline1763910000000,
  CreateExecutionStatistics1763920000000,
  CompressJournalsQuickly1763930000000,
];
