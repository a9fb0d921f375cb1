import type { JsonSchema } from './operation';

/** Shorthands for the components; everything listed in `properties` is required unless said otherwise. */

export function object(
  properties: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', ...(required.length === 0 ? {} : { required }), properties };
}

export function ref(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

export function arrayOf(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

export function orNull(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: 'null' }] };
}

export function pageOf(name: string): JsonSchema {
  return object({ items: arrayOf(ref(name)), next_cursor: { type: ['string', 'null'] } });
}

export function oneOf(values: readonly string[]): JsonSchema {
  return { type: 'string', enum: values };
}

export const text: JsonSchema = { type: 'string' };
export const id: JsonSchema = { type: 'string', format: 'uuid' };
export const time: JsonSchema = { type: 'string', format: 'date-time' };
export const timeOrNull: JsonSchema = { type: ['string', 'null'], format: 'date-time' };
export const count: JsonSchema = { type: 'integer', minimum: 0 };
export const version: JsonSchema = { type: 'integer', minimum: 1 };
export const anyJson: JsonSchema = {};
