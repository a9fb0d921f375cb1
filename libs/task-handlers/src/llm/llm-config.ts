import type { Json, JsonObject } from '@workflow-engine/dag';
import type { SchemaValidator } from '@workflow-engine/execution';
import { invalidConfig, timeoutOf } from '../http/http-config';
import { llmConfigSchema } from './llm-schema';

/** A node's resolved config, understood. */
export interface LlmTask {
  readonly model: string;
  /** The body of `POST /chat/completions`. */
  readonly body: JsonObject;
  readonly jsonSchema: JsonObject | undefined;
  readonly timeoutMs: number;
}

/** @throws {TaskFailure} `INVALID_CONFIG`, naming the member */
export function llmTask(
  config: JsonObject,
  schemas: SchemaValidator,
  defaultModel: string | undefined,
): LlmTask {
  const [fault] = schemas.check(llmConfigSchema, config);
  if (fault !== undefined) {
    throw invalidConfig(
      fault.pointer.slice(1).replaceAll('/', '.') || '*',
      `cannot be used. ${fault.message.replace(/\.$/, '')}`,
    );
  }
  const { prompt, messages, system, temperature, max_tokens: maxTokens, json_schema: jsonSchema } = config;
  const model = config.model ?? defaultModel;
  if (typeof model !== 'string')
    throw invalidConfig('model', 'is missing, and no default model is configured: name one');
  const body: Record<string, Json> = { model, messages: conversation(system, prompt, messages) };
  if (temperature !== undefined) body.temperature = temperature;
  if (maxTokens !== undefined) body.max_tokens = maxTokens;
  const schema = jsonSchema as JsonObject | undefined;
  if (schema !== undefined) {
    const [unusable] = schemas.checkSchema(schema);
    if (unusable !== undefined)
      throw invalidConfig('json_schema', `cannot be used. ${unusable.message.replace(/\.$/, '')}`);
    body.response_format = { type: 'json_schema', json_schema: { name: 'reply', schema } };
  }
  return { model, body, jsonSchema: schema, timeoutMs: timeoutOf(config.timeout ?? 'PT2M') };
}

function conversation(
  system: Json | undefined,
  prompt: Json | undefined,
  messages: Json | undefined,
): Json[] {
  const said = (messages ?? [{ role: 'user', content: prompt ?? '' }]) as readonly Json[];
  return system === undefined ? [...said] : [{ role: 'system', content: system }, ...said];
}
