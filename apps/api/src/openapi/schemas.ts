import { PROBLEM_STATUS } from '@workflow-engine/contracts';
import { definitionSchema } from '@workflow-engine/dag';

import { executionSchemas } from './execution-schemas';
import { journalSchemas } from './journal-schemas';
import { anyJson, arrayOf, count, id, object, oneOf, pageOf, ref, text, time, version } from './json-schema';
import { monitoringSchemas } from './monitoring-schemas';
import type { JsonSchema } from './operation';

const startFields = {
  input: { type: 'object' },
  version: { ...version, description: 'Default: the newest' },
};

/** The definition's schema refers to parts of itself; inside this document they are further down. */
function nested(schema: unknown, root: string): JsonSchema {
  const embedded = JSON.stringify(schema).replaceAll('"#/$defs/', `"${root}/$defs/`);
  return JSON.parse(embedded) as JsonSchema;
}

const definition = nested(
  { ...definitionSchema, $schema: undefined },
  '#/components/schemas/WorkflowDefinition',
);

export const schemas = {
  WorkflowDefinition: definition,
  ...executionSchemas,
  ...journalSchemas,
  ...monitoringSchemas,
  DefinitionDocument: object({
    workflow_id: id,
    name: text,
    version,
    definition: ref('WorkflowDefinition'),
    created_at: time,
  }),
  DefinitionSummary: object({ workflow_id: id, name: text, version, node_count: count, created_at: time }),
  DefinitionSummaryPage: pageOf('DefinitionSummary'),
  DefinitionCheck: {
    oneOf: [
      object({
        valid: { const: true },
        node_count: count,
        edge_count: count,
        errors: { type: 'array', maxItems: 0 },
      }),
      object({ valid: { const: false }, errors: arrayOf(ref('ProblemFault')) }),
    ],
  },
  StartRequest: { ...object(startFields, ['input', 'version']), additionalProperties: false },
  BulkStartRequest: {
    ...object({
      executions: {
        type: 'array',
        minItems: 1,
        maxItems: 1_000,
        items: {
          ...object({ ...startFields, idempotency_key: { type: 'string', minLength: 1, maxLength: 255 } }, [
            'input',
            'version',
            'idempotency_key',
          ]),
          additionalProperties: false,
        },
      },
    }),
    additionalProperties: false,
  },
  StartedExecution: object({
    execution_id: id,
    workflow_id: id,
    version,
    status: ref('ExecutionStatus'),
    created: { type: 'boolean', description: 'False when the idempotency key was known' },
  }),
  BulkStarted: object({ items: arrayOf(ref('StartedExecution')) }),
  HealthReport: object({
    status: oneOf(['ok', 'unavailable']),
    checks: { type: 'object', additionalProperties: text },
  }),
  Index: object({ name: text, links: { type: 'object', additionalProperties: text } }),
  JsonDocument: { type: 'object', additionalProperties: anyJson },
  ProblemFault: object(
    {
      code: text,
      pointer: { type: 'string', description: "JSON pointer into the request's body; empty for parameters" },
      message: text,
      parameter: { type: 'string', description: 'The query parameter or header at fault' },
    },
    ['parameter'],
  ),
  Problem: {
    description: 'RFC 9457',
    ...object(
      {
        type: { type: 'string', format: 'uri' },
        title: text,
        status: { type: 'integer', minimum: 400, maximum: 599 },
        detail: text,
        code: oneOf(Object.keys(PROBLEM_STATUS)),
        errors: arrayOf(ref('ProblemFault')),
        request_id: text,
        execution_status: ref('ExecutionStatus'),
      },
      ['execution_status'],
    ),
  },
};
export type SchemaName = keyof typeof schemas;
