import type { Json } from '@workflow-engine/dag';
import type { EntitySchemaColumnOptions, ValueTransformer } from 'typeorm';

import { fromStoredText, toStoredText } from '../encoding/stored-text';

/** TypeORM hands `undefined` through for columns that a query leaves out. */
function transformer<Value, Stored>(
  to: (value: Value) => Stored,
  from: (stored: Stored) => Value,
): ValueTransformer {
  return {
    to: (value: Value | null | undefined) => (value === undefined || value === null ? value : to(value)),
    from: (stored: Stored | null | undefined) =>
      stored === undefined || stored === null ? stored : from(stored),
  };
}

const storedText = transformer(toStoredText, fromStoredText);
const isoTime = transformer(
  (iso: string) => new Date(iso),
  (date: Date) => date.toISOString(),
);
const safeInteger = transformer(
  (value: number) => String(value),
  (stored: string) => Number(stored),
);
const jsonText = transformer(
  (value: Json) => JSON.stringify(value),
  (text: string) => JSON.parse(text) as Json,
);

export function uuidColumn(name: string): EntitySchemaColumnOptions {
  return { name, type: 'uuid' };
}

export function bigintColumn(name: string): EntitySchemaColumnOptions {
  return { name, type: 'bigint', transformer: safeInteger };
}

export function integerColumn(name: string): EntitySchemaColumnOptions {
  return { name, type: 'integer' };
}

/** Compared and sorted byte by byte, whatever the server's locale: fast, and the same everywhere. */
export function textColumn(name: string): EntitySchemaColumnOptions {
  return { name, type: 'text', collation: 'C', transformer: storedText };
}

/** ISO 8601 outside, `timestamptz` inside. */
export function timeColumn(name: string): EntitySchemaColumnOptions {
  return { name, type: 'timestamptz', transformer: isoTime };
}

/**
 * A JSON document as plain text: Postgres would refuse U+0000 in `jsonb`, reorder its keys and rewrite its
 * numbers, and nothing here searches inside.
 */
export function jsonTextColumn(name: string): EntitySchemaColumnOptions {
  return { name, type: 'text', transformer: jsonText };
}
