import type { Json, JsonObject } from '@workflow-engine/contracts';

import { isObject, listOf } from '../json';

/** What is there to begin with: required properties, and those with a default. */
export function skeletonOf(schema: Json | undefined): JsonObject {
  if (!isObject(schema) || !isObject(schema.properties)) return {};
  const required = listOf(schema.required);
  return Object.fromEntries(
    Object.entries(schema.properties)
      .filter(([name, property]) => required.includes(name) || (isObject(property) && 'default' in property))
      .map(([name, property]) => [name, blankOf(property)]),
  );
}

const blanks: Readonly<Record<string, Json>> = {
  string: '',
  number: 0,
  integer: 0,
  boolean: false,
  array: [],
};

function blankOf(schema: Json): Json {
  if (!isObject(schema)) return null;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum !== undefined) return listOf(schema.enum)[0] ?? null;
  if (schema.type === 'object' || isObject(schema.properties)) return skeletonOf(schema);
  return typeof schema.type === 'string' ? (blanks[schema.type] ?? null) : null;
}
