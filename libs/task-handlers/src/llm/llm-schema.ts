import { durationSchema, type JsonObject } from '@workflow-engine/dag';

const tokens: JsonObject = { type: 'integer', minimum: 0 };

/** What a node with `"handler": "llm"` may have in its `config`. */
export const llmConfigSchema: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'llm',
  type: 'object',
  additionalProperties: false,
  oneOf: [{ required: ['prompt'] }, { required: ['messages'] }],
  properties: {
    model: { type: 'string', minLength: 1, description: "The model's name, as the endpoint knows it." },
    prompt: { type: 'string', minLength: 1, description: 'What the user says. Either this or messages.' },
    messages: {
      type: 'array',
      minItems: 1,
      description: 'The conversation so far, oldest first. Either this or prompt.',
      items: {
        type: 'object',
        required: ['role', 'content'],
        additionalProperties: false,
        properties: {
          role: { enum: ['system', 'developer', 'user', 'assistant'] },
          content: {
            anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'object' } }],
            description: 'Text, or a list of parts as the endpoint knows them (text, image_url ...).',
          },
        },
      },
    },
    system: { type: 'string', description: 'Instructions that come before the conversation.' },
    temperature: { type: 'number', minimum: 0, maximum: 2, description: 'How much the replies vary.' },
    max_tokens: { type: 'integer', minimum: 1, description: 'Longest reply, in tokens.' },
    json_schema: {
      type: 'object',
      description:
        'JSON Schema of the reply. With it the reply must be JSON that fits, found in output.json.',
    },
    timeout: {
      ...durationSchema,
      default: 'PT2M',
      description: 'Longest time of one attempt: ISO 8601 or seconds.',
    },
  },
};

export const llmOutputSchema: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  required: ['text', 'model', 'usage'],
  additionalProperties: false,
  properties: {
    text: { type: 'string', description: 'The reply.' },
    json: { description: 'The reply, parsed; only with json_schema.' },
    model: { type: 'string', description: 'The model that answered.' },
    usage: {
      type: 'object',
      required: ['prompt_tokens', 'completion_tokens', 'total_tokens'],
      additionalProperties: false,
      properties: { prompt_tokens: tokens, completion_tokens: tokens, total_tokens: tokens },
    },
  },
};
