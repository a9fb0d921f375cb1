import { durationSchema, type JsonObject } from '@workflow-engine/dag';

export const httpMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

export const defaultResponseBytes = 1_048_576;
export const maxResponseBytes = 10_485_760;

const scalar: JsonObject = { type: ['string', 'number', 'boolean', 'null'] };
const expectedStatus: JsonObject = {
  anyOf: [
    { type: 'integer', minimum: 100, maximum: 599 },
    { type: 'string', pattern: '^[1-5](xx|XX|[0-9]{2})$' },
  ],
};

/** What a node with `"handler": "http"` may have in its `config`. */
export const httpConfigSchema: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'http',
  type: 'object',
  required: ['url'],
  additionalProperties: false,
  properties: {
    method: { enum: [...httpMethods], default: 'GET', description: 'The request method.' },
    url: {
      type: 'string',
      format: 'http-url',
      maxLength: 8_192,
      description: 'An absolute http or https URL, without user name and password.',
    },
    headers: {
      type: 'object',
      additionalProperties: scalar,
      description: 'Request headers by name; null leaves one out. Put secrets in as ${secrets.NAME}.',
    },
    query: {
      type: 'object',
      additionalProperties: { anyOf: [scalar, { type: 'array', items: scalar }] },
      description: 'Added to the query of the URL; a list repeats the parameter, null leaves it out.',
    },
    body: { description: 'A string is sent as it is, anything else as JSON. null sends no body.' },
    expected_status: {
      anyOf: [
        ...(expectedStatus.anyOf as JsonObject[]),
        { type: 'array', minItems: 1, items: expectedStatus },
      ],
      default: '2xx',
      description: 'Statuses that count as success: a number, "2xx", or a list of these.',
    },
    response: {
      enum: ['auto', 'json', 'text'],
      default: 'auto',
      description: 'How to read the body. auto: JSON if the content type says so, else text.',
    },
    timeout: {
      ...durationSchema,
      default: 'PT30S',
      description: 'Longest time of one attempt, redirects and body included: ISO 8601 or seconds.',
    },
    max_response_bytes: {
      type: 'integer',
      minimum: 0,
      maximum: maxResponseBytes,
      default: defaultResponseBytes,
      description: 'Longest body accepted, after decompression.',
    },
  },
};

export const httpOutputSchema: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  required: ['status', 'headers', 'body'],
  additionalProperties: false,
  properties: {
    status: { type: 'integer', minimum: 100, maximum: 599 },
    headers: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'Response headers; names in lower case, repeated ones joined with ", ".',
    },
    body: { description: 'JSON, text, or null when there is none.' },
  },
};
