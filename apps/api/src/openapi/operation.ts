import { applyDecorators } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { ProblemCode } from '@workflow-engine/contracts';

import { defaultPageSize, maxPageSize } from '../http/page-query';
import type { ExampleName } from './examples';
import type { SchemaName } from './schemas';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** A query parameter or header; the path's parameters describe themselves by their names. */
export interface Parameter {
  readonly name: string;
  /** Default: query. */
  readonly in?: 'query' | 'header';
  readonly required?: true;
  readonly schema: JsonSchema;
  readonly description: string;
  readonly example?: unknown;
}

export interface Answer {
  readonly description: string;
  /** JSON of this schema; without it there is no body. */
  readonly schema?: SchemaName;
  readonly headers?: readonly ('Location' | 'Idempotent-Replayed')[];
  /** Also available as server-sent events. */
  readonly stream?: boolean;
  /** Plain text instead of JSON. */
  readonly text?: boolean;
  /** Default: application/json. */
  readonly mediaType?: string;
}

/** What a route promises. Problems that any route can have (429, 500, bad bodies ...) are added by themselves. */
export interface OperationSpec {
  readonly id: string;
  readonly tag: 'Workflows' | 'Definitions' | 'Dead letters' | 'Operations' | 'About';
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly body?: { readonly schema: SchemaName; readonly example: ExampleName; readonly optional?: boolean };
  readonly answers: Readonly<Record<number, Answer>>;
  readonly problems: readonly ProblemCode[];
}

/** Where the document builder finds the spec again. */
export const operationExtension = 'x-operation';

/** Documents a route; `openApiDocument` expands it. Kept to data, so that controllers stay readable. */
export function Operation(spec: OperationSpec): MethodDecorator {
  return applyDecorators(ApiExtension(operationExtension, spec));
}

export const pageParameters: readonly Parameter[] = [
  {
    name: 'limit',
    schema: { type: 'integer', minimum: 1, maximum: maxPageSize, default: defaultPageSize },
    description: 'Items on a page',
  },
  { name: 'cursor', schema: { type: 'string' }, description: 'The `next_cursor` of the page before' },
];
