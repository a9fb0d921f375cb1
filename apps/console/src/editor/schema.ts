import type { Json, JsonObject } from '@workflow-engine/contracts';

import { isObject, listOf } from '../json';

export type Path = readonly (string | number)[];

/**
 * What a JSON Schema (draft 2020-12) says about one place of a document, as far as completion and hover need it:
 * `properties`, `items`, references within the schema, and every branch of `anyOf`, `oneOf` and `allOf`. Of
 * `if`/`then`, those whose condition names constants that the document has.
 */
export function schemasAt(schema: JsonObject, path: Path, document: Json | undefined): readonly JsonObject[] {
  let places = branches(schema, schema, document);
  let value = document;
  for (const step of path) {
    value = childOf(value, step);
    const inner = value;
    places = places
      .flatMap((place) => childSchemas(place, step))
      .flatMap((place) => branches(place, schema, inner));
  }
  return places;
}

/** What a document has at a path; undefined where it has nothing. */
export function valueAt(document: Json | undefined, path: Path): Json | undefined {
  return path.reduce(childOf, document);
}

function childOf(value: Json | undefined, step: string | number): Json | undefined {
  if (Array.isArray(value)) return (value as readonly Json[])[Number(step)];
  return isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

function childSchemas(place: JsonObject, step: string | number): readonly JsonObject[] {
  if (typeof step === 'number') return isObject(place.items) ? [place.items] : [];
  const { properties, additionalProperties } = place;
  const property =
    isObject(properties) && Object.hasOwn(properties, step) ? properties[step] : additionalProperties;
  return isObject(property) ? [property] : [];
}

/** The schema itself and all that it is put together from; references are followed once each. */
function branches(
  place: JsonObject,
  root: JsonObject,
  value: Json | undefined,
  seen = new Set<JsonObject>(),
): readonly JsonObject[] {
  if (seen.has(place)) return [];
  seen.add(place);
  const parts = [
    referred(place.$ref, root),
    ...listOf(place.anyOf),
    ...listOf(place.oneOf),
    ...listOf(place.allOf),
    isObject(place.if) && holds(place.if, value) ? place.then : undefined,
  ];
  return [place, ...parts.filter(isObject).flatMap((part) => branches(part, root, value, seen))];
}

function referred(ref: Json | undefined, root: JsonObject): Json | undefined {
  return typeof ref === 'string' && ref.startsWith('#/') ? valueAt(root, ref.slice(2).split('/')) : undefined;
}

/** Conditions such as `{ properties: { handler: { const: 'http' } } }`. */
function holds({ properties }: JsonObject, value: Json | undefined): boolean {
  if (!isObject(properties)) return false;
  return Object.entries(properties).every(
    ([name, property]) =>
      isObject(property) && property.const !== undefined && childOf(value, name) === property.const,
  );
}

export interface Described {
  readonly types: readonly string[];
  readonly description: string;
  /** What is allowed, or else typical. */
  readonly values: readonly Json[];
  readonly default: Json | undefined;
}

/** All branches in one. */
export function describe(schemas: readonly JsonObject[]): Described {
  const types = new Set<string>();
  const values = new Map<string, Json>();
  for (const schema of schemas) {
    for (const type of typeof schema.type === 'string' ? [schema.type] : listOf(schema.type)) {
      if (typeof type === 'string') types.add(type);
    }
    const constants = schema.const === undefined ? [] : [schema.const];
    for (const value of [...listOf(schema.enum), ...constants, ...listOf(schema.examples)])
      values.set(JSON.stringify(value), value);
  }
  for (const value of values.values()) if (typeof value === 'string') types.add('string');
  if (types.has('boolean') && values.size === 0)
    for (const value of [true, false]) values.set(String(value), value);
  const texts = schemas.map(({ description }) => description).filter((text) => typeof text === 'string');
  return {
    types: [...types],
    description: texts.join(' '),
    values: [...values.values()],
    default: schemas.find((schema) => schema.default !== undefined)?.default,
  };
}
