import { deadLetterEntity } from './dead-letter.entity';
import { definitionEntity } from './definition.entity';
import { executionEntity } from './execution.entity';
import { executionStatisticEntity } from './execution-statistic.entity';
import { journalSliceEntity } from './journal-slice.entity';
import { partitionEntity } from './partition.entity';
import { workflowEntity } from './workflow.entity';

export const entities = [
  workflowEntity,
  definitionEntity,
  executionEntity,
  journalSliceEntity,
  deadLetterEntity,
  partitionEntity,
  executionStatisticEntity,
];
