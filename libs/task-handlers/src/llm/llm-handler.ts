import { Agent, type Dispatcher } from 'undici';
import type { Json, JsonObject } from '@workflow-engine/dag';
import {
  type SchemaValidator,
  type TaskContext,
  TaskFailure,
  type TaskHandler,
} from '@workflow-engine/execution';
import { AttemptSignal } from '../http/attempt-signal';
import { exchange, type IncomingResponse, orFailure, type OutgoingRequest } from '../http/exchange';
import { httpFailure, tellable } from '../http/failures';
import { acceptedEncodings, parseJson, readBody, textOf } from '../http/response-body';
import { excerpt, unexpectedStatus } from '../http/unexpected-status';
import { type Completion, completionOf, errorMessageIn, type TokenUsage, withoutFence } from './completion';
import { llmTask, type LlmTask } from './llm-config';
import { llmConfigSchema, llmOutputSchema } from './llm-schema';

export interface LlmHandlerOptions {
  /**
   * Where an OpenAI-compatible API begins, e.g. `"http://localhost:11434/v1"`. Trusted: it may be a private
   * address. Default: `https://api.openai.com/v1`, when there is a key.
   */
  readonly baseUrl?: string | undefined;
  /** Sent as a bearer token, to the endpoint only. Local endpoints often need none. */
  readonly apiKey?: string | undefined;
  /** For nodes that name no model. Default: none, every node has to. */
  readonly defaultModel?: string | undefined;
  /** Checks configs, and replies against a node's `json_schema`. */
  readonly schemas: SchemaValidator;
}

/** `{ text, json?, model, usage }` as {@link llmOutputSchema} has it. */
export interface LlmOutput extends JsonObject {
  readonly text: string;
  readonly model: string;
  readonly usage: TokenUsage;
}

export interface LlmHandler extends TaskHandler<JsonObject, LlmOutput> {
  /** Closes its connections, after the requests under way. */
  readonly close: () => Promise<void>;
}

/** The endpoint's address is no http or https URL. */
export class InvalidEndpointError extends Error {
  readonly code = 'INVALID_ENDPOINT';
  readonly retryable = false;

  constructor() {
    super('OPENAI_BASE_URL must be an http or https URL such as "https://api.openai.com/v1".');
  }
}

/**
 * The handler `llm`: one chat completion per attempt. Failures have the codes of `http`, and `LLM_NOT_CONFIGURED`,
 * `LLM_INVALID_JSON` (retryable), `LLM_REFUSED`, `LLM_INVALID_RESPONSE`.
 * @throws {InvalidEndpointError}
 */
export function createLlmHandler(options: LlmHandlerOptions): LlmHandler {
  const endpoint = endpointOf(options);
  // A model may think for minutes before its first byte; the attempt's own timeout rules.
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
  return {
    name: 'llm',
    configSchema: llmConfigSchema,
    outputSchema: llmOutputSchema,
    async run(config, context) {
      if (endpoint === undefined) throw notConfigured();
      const task = llmTask(config, options.schemas, options.defaultModel);
      const completion = await complete(
        dispatcher,
        requestOf(endpoint, options.apiKey, task, context),
        task,
        context,
      );
      const { text, usage, finishReason } = completion;
      const model = completion.model ?? task.model;
      context.log.info(
        `${model}: ${usage.prompt_tokens} + ${usage.completion_tokens} tokens, ${finishReason}`,
      );
      if (task.jsonSchema === undefined) return { text, model, usage };
      return { text, json: fittingJson(completion, task.jsonSchema, options.schemas), model, usage };
    },
    close: () => dispatcher.close(),
  };
}

const maxReplyBytes = 10_485_760;

function endpointOf({ baseUrl, apiKey }: LlmHandlerOptions): URL | undefined {
  const base = isGiven(baseUrl) ? baseUrl : isGiven(apiKey) ? 'https://api.openai.com/v1' : undefined;
  if (base === undefined) return undefined;
  if (!/^https?:\/\//i.test(base) || !URL.canParse(base)) throw new InvalidEndpointError();
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/chat/completions`;
  return url;
}

function isGiven(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

function notConfigured(): TaskFailure {
  return new TaskFailure(
    'LLM_NOT_CONFIGURED',
    'No language model is configured. Set OPENAI_API_KEY, or OPENAI_BASE_URL for another OpenAI-compatible endpoint (and its key, if it needs one), and start the worker again.',
  );
}

function requestOf(
  url: URL,
  apiKey: string | undefined,
  task: LlmTask,
  context: TaskContext,
): OutgoingRequest {
  const headers: Record<string, string> = {
    accept: 'application/json',
    'accept-encoding': acceptedEncodings,
    'content-type': 'application/json',
    'user-agent': 'workflow-engine',
    // By attempt: an endpoint that honours it would answer a retry with the reply that did not do.
    'idempotency-key': `${context.idempotencyKey}:${context.attempt}`,
  };
  if (isGiven(apiKey)) headers.authorization = `Bearer ${apiKey}`;
  return { method: 'POST', url, headers, body: JSON.stringify(task.body) };
}

async function complete(
  dispatcher: Dispatcher,
  request: OutgoingRequest,
  task: LlmTask,
  context: TaskContext,
): Promise<Completion> {
  const attempt = new AttemptSignal(context.signal, task.timeoutMs);
  try {
    const response = await exchange(dispatcher, request, attempt);
    context.log.info(`${request.method} ${tellable(request.url)} -> ${response.status}`);
    const reply = await orFailure(request, attempt, () => attempt.race(replyOf(request, response)));
    return completionOf(reply);
  } finally {
    attempt.end();
  }
}

async function replyOf(request: OutgoingRequest, response: IncomingResponse): Promise<Json> {
  const { status, headers, stream } = response;
  if (status < 200 || status > 299) throw await unexpectedStatus({ request, response }, errorMessageIn);
  const what = `POST ${tellable(request.url)}`;
  const { bytes, isTruncated } = await readBody(stream, headers['content-encoding'], maxReplyBytes);
  if (isTruncated)
    throw httpFailure('RESPONSE_TOO_LARGE', `${what} answered with more than ${maxReplyBytes} bytes.`);
  const text = textOf(bytes, headers['content-type'] ?? '');
  const parsed = parseJson(text);
  if ('value' in parsed) return parsed.value;
  throw httpFailure(
    'RESPONSE_NOT_JSON',
    `${what} answered ${status} with a body that is not JSON: ${parsed.problem}. Is it an OpenAI-compatible endpoint?`,
    {
      details: { status, body: excerpt(text) },
    },
  );
}

function fittingJson({ text, finishReason }: Completion, schema: JsonObject, schemas: SchemaValidator): Json {
  const parsed = parseJson(withoutFence(text));
  if (!('value' in parsed)) {
    const advice = finishReason === 'length' ? ' It was cut off: raise max_tokens.' : '';
    throw invalidJson(`The reply is not JSON: ${parsed.problem}.${advice}`, text);
  }
  const faults = schemas.check(schema, parsed.value);
  if (faults.length === 0) return parsed.value;
  const told = faults
    .slice(0, 5)
    .map(({ pointer, message }) => (pointer === '' ? message : `${pointer}: ${message}`));
  throw invalidJson(`The reply does not fit json_schema. ${told.join(' ')}`, text);
}

/** Worth another attempt: the same prompt seldom goes wrong twice in the same way. */
function invalidJson(message: string, text: string): TaskFailure {
  return new TaskFailure('LLM_INVALID_JSON', message, { retryable: true, details: { text: excerpt(text) } });
}
