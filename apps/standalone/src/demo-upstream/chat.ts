import { asRecord, ok, type DemoRequest, type Outcome, type Route } from './exchange';
import { jsonFor } from './chat-json';
import { firstSentences, passage } from './chat-text';

/**
 * An imitation of a language model behind the chat completions API (OpenAI API reference, "Create chat
 * completion"): it reads the conversation for real, but by counting words. The same question gets the same answer.
 */
export const chatRoutes: readonly Route[] = [
  {
    method: 'POST',
    pattern: '/v1/chat/completions',
    summary: 'OpenAI-compatible chat completions, deterministic; honours a json_schema response format',
    answer: complete,
  },
  {
    method: 'GET',
    pattern: '/v1/models',
    summary: 'The one model there is',
    answer: () => ok({ object: 'list', data: [{ id: 'demo-1', object: 'model', owned_by: 'demo' }] }),
  },
];

interface Message {
  readonly role: string;
  readonly content: string;
}

function complete({ body }: DemoRequest): Outcome {
  const request = asRecord(body);
  const messages = messagesOf(request.messages);
  if (messages.length === 0) {
    return {
      status: 400,
      body: { error: { message: '"messages" must be a list with at least one message.' } },
    };
  }
  const format = asRecord(request.response_format);
  const prompt = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  const schema = format.type === 'json_schema' ? asRecord(format.json_schema).schema : undefined;
  const full = schema === undefined ? replyTo(prompt) : JSON.stringify(jsonFor(schema, passage(prompt)));
  const longest = typeof request.max_tokens === 'number' ? request.max_tokens * charactersPerToken : Infinity;
  const content = full.slice(0, longest);
  const promptTokens = tokens(messages.map((message) => message.content).join('\n'));
  const completionTokens = tokens(content);
  return ok({
    id: 'chatcmpl-demo',
    object: 'chat.completion',
    created: 0,
    model: typeof request.model === 'string' ? request.model : 'demo-1',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content, refusal: null },
        finish_reason: content.length < full.length ? 'length' : 'stop',
      },
    ],
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    },
  });
}

const charactersPerToken = 4;

function tokens(text: string): number {
  return Math.ceil(text.length / charactersPerToken);
}

/** Does what the first word of the prompt asks for, as far as it can. */
function replyTo(prompt: string): string {
  const text = passage(prompt);
  const task = prompt.trim().toLowerCase();
  if (task.startsWith('summar')) return firstSentences(text, 1);
  if (/^(write|draft|reply|answer)/.test(task)) {
    return `Thank you for writing to us. You told us: "${firstSentences(text, 1)}" We are on it and will be back to you within a day.`;
  }
  return firstSentences(text, 2);
}

function messagesOf(value: unknown): readonly Message[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly unknown[]).map((entry) => {
    const { role, content } = asRecord(entry);
    return { role: String(role), content: contentText(content) };
  });
}

function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  const parts = Array.isArray(content) ? (content as readonly unknown[]) : [];
  return parts
    .map((part) => asRecord(part).text)
    .filter((text) => typeof text === 'string')
    .join('\n');
}
