import { THROUGHPUT_KEPT_MS } from '@workflow-engine/execution';
import { IsOptional } from 'class-validator';

import { IsDurationUpTo } from '../http/query-values';

export const defaultWindow = 'PT1H';
/** Half of what is kept, so that what is asked for is there as a whole. */
export const maxWindowMs = THROUGHPUT_KEPT_MS / 2;

export class StatisticsQuery {
  @IsOptional()
  @IsDurationUpTo(maxWindowMs)
  window?: string;
}
