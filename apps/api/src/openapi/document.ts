import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { PROBLEM_STATUS, type Problem, type ProblemCode } from '@workflow-engine/contracts';

import { PROBLEM_TITLES } from '../problems/http-problem';
import { problemType } from '../problems/problem-of';
import { examples } from './examples';
import { id, ref, text, version } from './json-schema';
import {
  type Answer,
  type JsonSchema,
  operationExtension,
  type OperationSpec,
  type Parameter,
} from './operation';
import { runtimeOperations } from './runtime-operations';
import { schemas } from './schemas';

const apiVersion = '1.0.0';

const description = `Submit workflows as JSON, run them, watch them. Times are ISO 8601 in UTC, ids are UUIDv7.
Refusals are problem documents (RFC 9457, \`application/problem+json\`) with a stable \`code\` and all faults at once.`;

/** Path parameters mean the same everywhere. */
const pathParameters: Readonly<Record<string, JsonSchema>> = {
  execution_id: id,
  dead_letter_id: id,
  node_id: text,
  name: text,
  version,
};

const headers: Readonly<Record<string, JsonSchema>> = {
  Location: { description: 'Path of what was created', schema: text },
  'Idempotent-Replayed': {
    description: '`true` when the idempotency key was known, and nothing was started',
    schema: { const: 'true' },
  },
};

const eventStream: JsonSchema = {
  type: 'string',
  description: 'Server-sent events: `id` is the seq, `data` a JournalEvent as JSON',
};

const everyRequest: readonly ProblemCode[] = ['RATE_LIMITED', 'INTERNAL_ERROR'];
const everyPathParameter: readonly ProblemCode[] = ['INVALID_URL'];
const everyBody: readonly ProblemCode[] = [
  'MALFORMED_JSON',
  'BODY_TOO_DEEP',
  'BODY_INCOMPLETE',
  'BODY_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
];

/** The API as OpenAPI 3.1: paths and methods from the controllers, everything else from their `@Operation`s. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Workflow engine')
    .setDescription(description)
    .setVersion(apiVersion)
    .setOpenAPIVersion('3.1.0')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .build();
  const document = SwaggerModule.createDocument(app, config);
  const paths = Object.entries(document.paths).map(
    ([path, item]) => [path, describePath(path, item)] as const,
  );
  return {
    openapi: document.openapi,
    info: document.info,
    // No servers: that means where the document came from.
    tags: ['Workflows', 'Definitions', 'Dead letters', 'Operations', 'About'].map((name) => ({ name })),
    paths: Object.fromEntries(paths),
    components: { schemas },
  };
}

function describePath(path: string, item: object): object {
  const operations = Object.entries(item).map(([method, skeleton]: [string, unknown]) => {
    const found = (skeleton as Record<string, unknown>)[operationExtension] as OperationSpec | undefined;
    const spec = found ?? runtimeOperations[`${method} ${path.replace(/^\/api\/v1/, '')}`];
    if (spec === undefined) throw new Error(`${method} ${path} has no @Operation`);
    return [method, describeOperation(path, spec)] as const;
  });
  return Object.fromEntries(operations);
}

function describeOperation(path: string, spec: OperationSpec): object {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const problems = [
    ...spec.problems,
    ...(spec.body === undefined ? [] : everyBody),
    ...(names.length === 0 ? [] : everyPathParameter),
    ...everyRequest,
  ];
  const answers = Object.entries(spec.answers).map(([status, answer]) => [status, describeAnswer(answer)]);
  return {
    operationId: isAlias(path, spec) ? `${spec.id}Unversioned` : spec.id,
    tags: [spec.tag],
    summary: spec.summary,
    ...(spec.description === undefined ? {} : { description: spec.description }),
    parameters: [
      ...names.map((name) => ({ name, in: 'path', required: true, schema: pathParameters[name] ?? text })),
      ...(spec.parameters ?? []).map(describeParameter),
    ],
    ...(spec.body === undefined ? {} : { requestBody: describeBody(spec.body) }),
    responses: {
      ...Object.fromEntries<unknown>(answers as [string, unknown][]),
      ...describeProblems(problems),
    },
  };
}

/** Routes that exist with and without a version need two operation ids. */
function isAlias(path: string, spec: OperationSpec): boolean {
  return !path.startsWith('/api/v1') && spec.tag !== 'About';
}

function describeParameter(parameter: Parameter): object {
  const { in: place = 'query', required = false, ...rest } = parameter;
  return { ...rest, in: place, required };
}

function describeBody(body: NonNullable<OperationSpec['body']>): object {
  return {
    required: body.optional !== true,
    content: {
      'application/json': {
        schema: ref(body.schema),
        examples: { [body.example]: { value: examples[body.example] } },
      },
    },
  };
}

function describeAnswer(answer: Answer): object {
  const content = {
    ...(answer.schema === undefined
      ? {}
      : { [answer.mediaType ?? 'application/json']: { schema: ref(answer.schema) } }),
    ...(answer.text === true ? { 'text/plain': { schema: text } } : {}),
    ...(answer.stream === true ? { 'text/event-stream': { schema: eventStream } } : {}),
  };
  return {
    description: answer.description,
    ...(answer.headers === undefined
      ? {}
      : { headers: Object.fromEntries(answer.headers.map((name) => [name, headers[name]])) }),
    ...(Object.keys(content).length === 0 ? {} : { content }),
  };
}

/** Codes with the same status share an entry, with one example each. */
function describeProblems(codes: readonly ProblemCode[]): object {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of new Set(codes)) {
    const status = PROBLEM_STATUS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const entries = [...byStatus].map(([status, group]) => [
    String(status),
    {
      description: group.map((code) => PROBLEM_TITLES[code]).join('; '),
      content: {
        'application/problem+json': {
          schema: ref('Problem'),
          examples: Object.fromEntries(group.map((code) => [code, { value: exampleProblem(code) }])),
        },
      },
    },
  ]);
  return Object.fromEntries(entries as [string, unknown][]);
}

function exampleProblem(code: ProblemCode): Problem {
  return {
    type: problemType(code),
    title: PROBLEM_TITLES[code],
    status: PROBLEM_STATUS[code],
    detail: `${PROBLEM_TITLES[code]}; says here what to do about it.`,
    code,
    errors: [],
    request_id: '0b9e9a2e-6f5c-4d0e-9a57-2a2f3f1f7a10',
  };
}
