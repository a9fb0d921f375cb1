import type { Page as WirePage } from '@workflow-engine/contracts';
import type { Page, PageRequest } from '@workflow-engine/execution';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

import { ToNumber } from './query-values';

export const defaultPageSize = 50;
export const maxPageSize = 1_000;
const limitMessage = `"limit" must be a whole number from 1 to ${maxPageSize}.`;

/** Keyset pagination: `cursor` is the `next_cursor` of the page before. */
export class PageQuery {
  @IsOptional()
  @ToNumber()
  @IsInt({ message: limitMessage })
  @Min(1, { message: limitMessage })
  @Max(maxPageSize, { message: limitMessage })
  limit?: number;

  @IsOptional()
  @IsString({ message: '"cursor" must be given once.' })
  @MaxLength(1_000, { message: '"cursor" is too long to be one of ours.' })
  cursor?: string;
}

export function pageRequest(query: PageQuery): PageRequest {
  const limit = query.limit ?? defaultPageSize;
  return query.cursor === undefined ? { limit } : { limit, cursor: query.cursor };
}

export function toWirePage<T, W>(page: Page<T>, toWire: (item: T) => W): WirePage<W> {
  return { items: page.items.map(toWire), next_cursor: page.nextCursor };
}
