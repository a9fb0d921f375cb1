import { closestName, didYouMean } from '@workflow-engine/dag';
import type { ErrorObject } from 'ajv/dist/2020';
import { adviceOn } from './engine-formats';

/** One sentence or two for people: what is wrong, and what would be right. */
export function describeError(error: ErrorObject): string {
  const describe = sentences[error.keyword];
  if (describe !== undefined) return describe(error);
  return `The value ${error.message ?? 'does not fit the schema'}.`;
}

/** The JSON pointer a person should look at. */
export function pointerOf(error: ErrorObject): string {
  const name = (error.params.additionalProperty ?? error.params.unevaluatedProperty) as unknown;
  return typeof name === 'string' ? `${error.instancePath}/${escaped(name)}` : error.instancePath;
}

type Sentence = (error: ErrorObject) => string;

const sentences: Readonly<Record<string, Sentence>> = {
  required: (error) => `Property ${shown(error.params.missingProperty)} is required. Add it.`,
  dependentRequired: (error) =>
    `Property ${shown(error.params.missingProperty)} is required when ${shown(error.params.property)} is present. Add it.`,
  additionalProperties: (error) => unknownProperty(error, error.params.additionalProperty),
  unevaluatedProperties: (error) => unknownProperty(error, error.params.unevaluatedProperty),
  enum: (error) => `${shown(error.data)} is not allowed here. ${advisedValues(error)}`,
  const: (error) => `The value must be ${shown(error.params.allowedValue)}, not ${shown(error.data)}.`,
  type: (error) => `The value must be ${typeNames(error)}, not ${kindOf(error.data)}.`,
  pattern: (error) => `${shown(error.data)} does not match the pattern ${shown(error.params.pattern)}.`,
  format: (error) => {
    const format = String(error.params.format);
    return adviceOn(format, error.data) ?? `${shown(error.data)} is no valid ${format}.`;
  },
  propertyNames: (error) => `The property name ${shown(error.params.propertyName)} is not allowed here.`,
  not: () => 'The value fits what the schema rules out with "not".',
  'false schema': () => 'No value is allowed here. Remove it.',
  contains: (error) => `${containsCount(error)} of the items must fit the schema in "contains".`,
  uniqueItems: (error) =>
    `Items ${Math.min(...pairOf(error))} and ${Math.max(...pairOf(error))} are the same. Every item must be unique.`,
  minLength: (error) => `The text must have at least ${count(error, 'character')}.`,
  maxLength: (error) => `The text must have at most ${count(error, 'character')}.`,
  minItems: (error) => `The list must have at least ${count(error, 'item')}.`,
  maxItems: (error) => `The list must have at most ${count(error, 'item')}.`,
  minProperties: (error) => `The object must have at least ${count(error, 'property', 'properties')}.`,
  maxProperties: (error) => `The object must have at most ${count(error, 'property', 'properties')}.`,
};

function unknownProperty(error: ErrorObject, name: unknown): string {
  const known = Object.keys((error.parentSchema?.properties ?? {}) as object);
  const text = `Unknown property ${shown(name)}.`;
  if (known.length === 0) return `${text} Remove it.`;
  const meant = closestName(String(name), known);
  return meant !== undefined ? text + didYouMean(meant) : `${text} Known here: ${listed(known)}.`;
}

function advisedValues(error: ErrorObject): string {
  const allowed = error.params.allowedValues as readonly unknown[];
  const texts = allowed.filter((value) => typeof value === 'string');
  const meant = typeof error.data === 'string' ? closestName(error.data, texts) : undefined;
  return `Use one of: ${listed(allowed)}.${didYouMean(meant)}`;
}

function typeNames(error: ErrorObject): string {
  const type = error.params.type as string | readonly string[];
  const names = Array.isArray(type) ? (type as readonly string[]) : String(type).split(',');
  return names.map((name) => withArticle[name] ?? name).join(' or ');
}

function pairOf(error: ErrorObject): [number, number] {
  return [error.params.i as number, error.params.j as number];
}

const withArticle: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'an array',
};

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : shown(value);
}

function containsCount(error: ErrorObject): string {
  const { minContains = 1, maxContains } = error.params as { minContains?: number; maxContains?: number };
  return maxContains === undefined
    ? `At least ${minContains}`
    : `At least ${minContains} and at most ${maxContains}`;
}

function count(error: ErrorObject, one: string, many = `${one}s`): string {
  const limit = error.params.limit as number;
  return `${limit} ${limit === 1 ? one : many}`;
}

const longestList = 12;

function listed(values: readonly unknown[]): string {
  const rest = values.length - longestList;
  const texts = values.slice(0, longestList).map(shown).join(', ');
  return rest > 0 ? `${texts} and ${rest} more` : texts;
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
