import type { BulkStartItem, BulkStartRequest, JsonObject, StartRequest } from '@workflow-engine/contracts';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Min,
} from 'class-validator';

import { IsDurationUpTo } from '../http/query-values';
import { TriggerBody } from '../workflows/requests';

/** Visible ASCII, as a header carries it. */
export const idempotencyKeyPattern = /^[\x21-\x7e]{1,255}$/;
export const maxBulk = 1_000;
export const maxWaitMs = 60_000;

const versionMessage = '"version" must be a whole number from 1.';
const bulkMessage = `"executions" must be a list of 1 to ${maxBulk} objects.`;

export class StartBody extends TriggerBody implements StartRequest {
  declare input?: JsonObject;

  @IsOptional()
  @IsInt({ message: versionMessage })
  @Min(1, { message: versionMessage })
  version?: number;
}

export class BulkItem extends StartBody implements BulkStartItem {
  @IsOptional()
  @IsString({ message: '"idempotency_key" must be a text.' })
  @Matches(idempotencyKeyPattern, {
    message: '"idempotency_key" must have 1 to 255 visible ASCII characters.',
  })
  idempotency_key?: string;
}

export class BulkBody implements BulkStartRequest {
  @IsArray({ message: bulkMessage })
  @ArrayMinSize(1, { message: bulkMessage })
  @ArrayMaxSize(maxBulk, { message: bulkMessage })
  /** Checked one by one, without `@ValidateNested`, which would walk through every input. */
  executions!: readonly BulkStartItem[];
}

export class WaitQuery {
  @IsOptional()
  @IsDurationUpTo(maxWaitMs)
  wait?: string;
}
