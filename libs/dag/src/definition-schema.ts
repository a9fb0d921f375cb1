import type { JsonObject } from './definition';
import { maxDurationLength, maxDurationSeconds, durationPattern } from './duration';
import {
  defaultLimits,
  idPattern,
  maxAttempts,
  maxBackoffRate,
  maxLabels,
  maxLength,
  maxRetryCodes,
  queuePattern,
  reservedIds,
} from './limits';
import { failurePolicies, jitters, joinNames, uncertaintyPolicies } from './node-shape';

const duration = {
  description: 'An ISO 8601 duration such as "PT1.5S", "PT5M" or "P1D", or a number of seconds.',
  type: ['string', 'number'],
  pattern: durationPattern,
  maxLength: maxDurationLength,
  minimum: 0,
  maximum: maxDurationSeconds,
} as const;

/** A string is above zero if any of its digits is. */
const durationAboveZero = {
  allOf: [{ $ref: '#/$defs/duration' }, { pattern: '[1-9]', exclusiveMinimum: 0 }],
} as const;

const join = {
  description: 'Which mix of succeeded, failed and skipped dependencies lets the node run.',
  default: 'all_succeeded',
  oneOf: [
    { enum: joinNames },
    {
      type: 'object',
      additionalProperties: false,
      required: ['at_least'],
      properties: { at_least: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } },
    },
  ],
} as const;

const retry = {
  type: 'object',
  additionalProperties: false,
  properties: {
    max_attempts: {
      description: 'Attempts in all, the first one included.',
      type: 'integer',
      minimum: 1,
      maximum: maxAttempts,
    },
    interval: { $ref: '#/$defs/duration' },
    backoff_rate: { type: 'number', minimum: 1, maximum: maxBackoffRate },
    max_interval: { $ref: '#/$defs/duration' },
    jitter: { enum: jitters },
    retry_on: {
      description: 'Error codes to retry; "*" is any.',
      type: 'array',
      maxItems: maxRetryCodes,
      items: { type: 'string', minLength: 1, maxLength: maxLength.errorCode },
    },
  },
} as const;

const timeout = {
  description: 'One duration means start_to_close.',
  anyOf: [
    { $ref: '#/$defs/durationAboveZero' },
    {
      type: 'object',
      additionalProperties: false,
      properties: {
        schedule_to_start: { $ref: '#/$defs/durationAboveZero' },
        start_to_close: { $ref: '#/$defs/durationAboveZero' },
        heartbeat: { $ref: '#/$defs/durationAboveZero' },
      },
    },
  ],
} as const;

const node = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'handler'],
  properties: {
    id: { $ref: '#/$defs/nodeId' },
    handler: {
      description: 'A built-in handler, or one that a worker has registered.',
      type: 'string',
      minLength: 1,
      maxLength: maxLength.handler,
    },
    dependencies: {
      description: 'Ids of the nodes that come before this one.',
      type: 'array',
      uniqueItems: true,
      items: { type: 'string' },
      default: [],
    },
    config: { description: "The handler's configuration; may hold ${templates}.", type: 'object' },
    when: {
      description: 'CEL condition; false means that the node is skipped.',
      type: 'string',
      minLength: 1,
      maxLength: maxLength.condition,
    },
    join,
    retry,
    timeout,
    on_failure: {
      description: 'continue: the execution goes on, and the output is null.',
      enum: failurePolicies,
      default: 'fail',
    },
    on_uncertain: {
      description:
        'What becomes of a task whose worker was lost after it may have begun. retry: it runs again. park: it waits among the dead letters for a person. fail: the attempt fails with the code UNCERTAIN.',
      enum: uncertaintyPolicies,
      default: 'retry',
    },
    queue: {
      description: 'Which workers may run it.',
      type: 'string',
      pattern: queuePattern,
      default: 'default',
    },
  },
} as const;

/**
 * JSON Schema (draft 2020-12) of a definition, for editors and API descriptions. It accepts every definition that
 * `parseDefinition` accepts; what a schema cannot say (cycles, unique ids, existing dependencies, nesting ...) only
 * `parseDefinition` finds.
 */
export const definitionSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Workflow definition',
  type: 'object',
  additionalProperties: false,
  required: ['name', 'dag'],
  properties: {
    name: { type: 'string', minLength: 1, maxLength: maxLength.name },
    description: { type: 'string', maxLength: maxLength.description },
    labels: {
      description: 'Searchable key/value pairs, copied to every execution.',
      type: 'object',
      maxProperties: maxLabels,
      propertyNames: { minLength: 1, maxLength: maxLength.labelKey },
      additionalProperties: { type: 'string', maxLength: maxLength.labelValue },
    },
    input_schema: { description: "JSON Schema of the trigger's input.", type: 'object' },
    output: { description: "Template of the execution's output." },
    timeout: { $ref: '#/$defs/durationAboveZero' },
    dag: {
      type: 'object',
      additionalProperties: false,
      required: ['nodes'],
      properties: {
        nodes: {
          type: 'array',
          minItems: 1,
          maxItems: defaultLimits.nodes,
          items: { $ref: '#/$defs/node' },
        },
      },
    },
  },
  $defs: {
    nodeId: { type: 'string', pattern: idPattern, not: { enum: reservedIds } },
    duration,
    durationAboveZero,
    node,
  },
} as const;

export interface SchemaOfHandler {
  readonly name: string;
  readonly configSchema?: JsonObject;
}

/**
 * The same, which also tells an editor what handlers there are and what their configs hold. It refuses nothing more:
 * a template may stand for any value, and what a handler is called is for the engine to check.
 */
export function definitionSchemaWith(handlers: readonly SchemaOfHandler[]): JsonObject {
  const { handler } = node.properties;
  return {
    ...definitionSchema,
    $defs: {
      ...definitionSchema.$defs,
      node: {
        ...node,
        properties: {
          ...node.properties,
          handler: { ...handler, examples: handlers.map(({ name }) => name) },
        },
        allOf: handlers.map(({ name, configSchema = {} }) => ({
          if: { properties: { handler: { const: name } } },
          then: { properties: { config: { anyOf: [{ ...configSchema, $id: `handlers/${name}` }, {}] } } },
        })),
      },
    },
  };
}
