import {
  EXECUTION_STATUSES,
  type CancelRequest,
  type ExecutionStatus,
  type JsonObject,
  type TriggerRequest,
} from '@workflow-engine/contracts';
import {
  ArrayMaxSize,
  IsIn,
  IsInt,
  IsISO8601,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';

import { maxPageSize, PageQuery } from '../http/page-query';
import { ToList, ToNumber, ToRepeated } from '../http/query-values';

export class TriggerBody implements TriggerRequest {
  @IsOptional()
  @IsObject({ message: '"input" must be an object, such as {"input": {"user_id": 7}}.' })
  input?: JsonObject;
}

export class CancelBody implements CancelRequest {
  @IsOptional()
  @IsString({ message: '"reason" must be a text.' })
  @MaxLength(1_000, { message: '"reason" must have at most 1,000 characters.' })
  @Matches(/^[^\0]*$/, { message: '"reason" must not contain U+0000.' })
  reason?: string;
}

export class RerunQuery {
  @IsString({ message: '"from" must be given once: the id of the node to start again from.' })
  @Matches(/^[A-Za-z0-9_-]{1,128}$/, { message: '"from" must be the id of a node.' })
  from!: string;
}

export class SearchQuery extends PageQuery {
  @IsOptional()
  @ToList()
  @IsIn(EXECUTION_STATUSES, {
    each: true,
    message: `"status" must be one of ${EXECUTION_STATUSES.join(', ')}; repeat it or separate with commas.`,
  })
  status?: ExecutionStatus[];

  @IsOptional()
  @IsString({ message: '"name" must be given once.' })
  @Matches(/^[^\0]{1,255}$/, { message: '"name" must have 1 to 255 characters.' })
  name?: string;

  @IsOptional()
  @ToRepeated()
  @ArrayMaxSize(20, { message: 'At most 20 labels can be searched for at once.' })
  @Matches(/^[^:\0]+:[^\0]*$/s, {
    each: true,
    message: '"label" must look like "team:sales"; repeat it for several.',
  })
  label?: string[];

  @IsOptional()
  @IsISO8601(
    { strict: true },
    { message: '"since" must be an ISO 8601 time, such as "2026-01-31T08:00:00Z".' },
  )
  since?: string;
}

const afterMessage = '"after" must be the "seq" of an event, a whole number from 0.';
const limitMessage = `"limit" must be a whole number from 1 to ${maxPageSize}.`;

export class EventsQuery {
  @IsOptional()
  @ToNumber()
  @IsInt({ message: afterMessage })
  @Min(0, { message: afterMessage })
  after?: number;

  @IsOptional()
  @ToNumber()
  @IsInt({ message: limitMessage })
  @Min(1, { message: limitMessage })
  @Max(maxPageSize, { message: limitMessage })
  limit?: number;
}
