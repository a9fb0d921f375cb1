/** Which paths into a node's output its handler's JSON Schema rules out. In doubt, everything is possible. */
import type { Json, JsonObject } from '@workflow-engine/dag';
import type { Step } from './access';

export interface ImpossibleStep {
  /** How many steps lead to the object that lacks the field. */
  readonly depth: number;
  readonly field: string;
  readonly known: readonly string[];
}

/** Keywords that can add properties from elsewhere, so that this level alone decides nothing. */
const OPEN_ENDED = [
  '$ref',
  '$dynamicRef',
  'allOf',
  'anyOf',
  'oneOf',
  'if',
  'patternProperties',
  'dependentSchemas',
];

export function impossibleStep(
  schema: JsonObject | undefined,
  steps: readonly Step[],
): ImpossibleStep | undefined {
  let current: Json | undefined = schema;
  for (const [depth, step] of steps.entries()) {
    if (!isObject(current) || OPEN_ENDED.some((keyword) => Object.hasOwn(current as object, keyword)))
      return undefined;
    if (typeof step === 'number') {
      current = current.items;
      continue;
    }
    const properties: Json | undefined = current.properties;
    const known: JsonObject = isObject(properties) ? properties : {};
    if (Object.hasOwn(known, step)) {
      current = known[step];
    } else if (current.additionalProperties === false && current.type === 'object') {
      return { depth, field: step, known: Object.keys(known) };
    } else {
      current = current.additionalProperties;
    }
  }
  return undefined;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
