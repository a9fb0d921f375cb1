import type { Json, JsonObject } from '@workflow-engine/dag';
import { TaskFailure } from '@workflow-engine/execution';

/** What an endpoint has answered, as far as it concerns us. */
export interface Completion {
  readonly text: string;
  readonly model: string | undefined;
  /** `stop`, `length` ... */
  readonly finishReason: string;
  readonly usage: TokenUsage;
}

export interface TokenUsage extends JsonObject {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}

/**
 * Reads a chat completion (OpenAI API reference, "The chat completion object"), lenient about what compatible
 * servers leave out: usage counts as 0.
 * @throws {TaskFailure} `LLM_INVALID_RESPONSE`, `LLM_REFUSED`
 */
export function completionOf(reply: Json): Completion {
  const choices = member(reply, 'choices');
  const choice = Array.isArray(choices) ? (choices as readonly Json[])[0] : undefined;
  const message = member(choice, 'message');
  const refusal = member(message, 'refusal');
  if (typeof refusal === 'string' && refusal !== '') {
    throw new TaskFailure('LLM_REFUSED', `The model has refused to answer: ${refusal.slice(0, 500)}`);
  }
  const text = contentText(member(message, 'content'));
  if (text === undefined) {
    throw new TaskFailure(
      'LLM_INVALID_RESPONSE',
      'The endpoint answered without choices[0].message.content: it is no chat completion.',
      {
        details: { body: JSON.stringify(reply).slice(0, 1_000) },
      },
    );
  }
  const model = member(reply, 'model');
  const finishReason = member(choice, 'finish_reason');
  return {
    text,
    model: typeof model === 'string' ? model : undefined,
    finishReason: typeof finishReason === 'string' ? finishReason : 'unknown',
    usage: usageOf(member(reply, 'usage')),
  };
}

/** Models without structured output like to wrap JSON in a Markdown fence. */
export function withoutFence(text: string): string {
  const trimmed = text.trim();
  if (!trimmed.startsWith('```') || !trimmed.endsWith('```')) return trimmed;
  const start = trimmed.indexOf('\n');
  return start < 0 ? trimmed : trimmed.slice(start + 1, -3).trim();
}

/** `error.message` of an error answer. */
export function errorMessageIn(text: string): string | undefined {
  try {
    const message = member(member(JSON.parse(text) as Json, 'error'), 'message');
    return typeof message === 'string' ? message.slice(0, 300) : undefined;
  } catch {
    return undefined;
  }
}

function contentText(content: Json | undefined): string | undefined {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return undefined;
  const texts = (content as readonly Json[]).map((part) => member(part, 'text'));
  return texts.filter((text) => typeof text === 'string').join('');
}

function usageOf(usage: Json | undefined): TokenUsage {
  const prompt = tokens(member(usage, 'prompt_tokens'));
  const completion = tokens(member(usage, 'completion_tokens'));
  const total = member(usage, 'total_tokens');
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: total === undefined ? prompt + completion : tokens(total),
  };
}

function tokens(value: Json | undefined): number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : 0;
}

function member(value: Json | undefined, key: string): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, key) ? (value as JsonObject)[key] : undefined;
}
