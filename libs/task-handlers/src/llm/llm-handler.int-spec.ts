import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '@workflow-engine/dag';
import { LocalServer, type Route } from '../testing/local-server';
import { failureOf, recordedContext } from '../testing/recorded-context';
import { smallValidator } from '../testing/small-validator';
import { createLlmHandler, type LlmHandler } from './llm-handler';

let server: LocalServer;
let handler: LlmHandler;
let answer: Route;

const usage = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 };

const says =
  (content: Json, more: JsonObject = {}, choice: JsonObject = {}): Route =>
  (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop', ...choice }];
    response.end(JSON.stringify({ model: 'small-1', choices, usage, ...more }));
  };

const status =
  (code: number, body: string, headers: Record<string, string> = {}): Route =>
  (_, response) =>
    void response.writeHead(code, headers).end(body);

beforeAll(async () => {
  server = await LocalServer.start({
    '/v1/chat/completions': (request, response) => answer(request, response),
  });
  handler = createLlmHandler({
    baseUrl: server.url('/v1/'),
    apiKey: 'sk-test',
    defaultModel: 'small',
    schemas: smallValidator,
  });
});

beforeEach(() => {
  answer = says('Hello!');
  server.received.length = 0;
});

afterAll(async () => {
  await handler.close();
  await server.stop();
});

const run = async (config: JsonObject) => handler.run(config, recordedContext().context);
const sent = () => JSON.parse(server.received[0]?.body ?? 'null') as Json;
const city: JsonObject = { type: 'object', required: ['city'], properties: { city: { type: 'string' } } };

describe('a completion', () => {
  it('gives the text, the model and the usage', async () => {
    const { context, lines } = recordedContext();
    expect(await handler.run({ prompt: 'Say hello' }, context)).toEqual({
      text: 'Hello!',
      model: 'small-1',
      usage,
    });
    expect(lines).toEqual([
      `POST ${server.url('/v1/chat/completions')} -> 200`,
      'small-1: 9 + 3 tokens, stop',
    ]);
  });

  it('asks with the key, the default model and nothing more than the config has', async () => {
    await run({ prompt: 'Say hello' });
    expect(server.received[0]).toMatchObject({
      method: 'POST',
      headers: { authorization: 'Bearer sk-test' },
    });
    expect(sent()).toEqual({ model: 'small', messages: [{ role: 'user', content: 'Say hello' }] });
  });

  it('passes on model, conversation and limits', async () => {
    const messages = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Yes?' },
    ];
    await run({ model: 'large', system: 'Be brief', messages, temperature: 0, max_tokens: 5 });
    expect(sent()).toEqual({
      model: 'large',
      messages: [{ role: 'system', content: 'Be brief' }, ...messages],
      temperature: 0,
      max_tokens: 5,
    });
  });

  it('forgives a server that counts no tokens or answers in parts', async () => {
    answer = says(
      [
        { type: 'text', text: 'Hel' },
        { type: 'text', text: 'lo' },
      ],
      { usage: null, model: null },
    );
    expect(await run({ prompt: 'x' })).toEqual({
      text: 'Hello',
      model: 'small',
      usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
    });
  });

  it('needs no key for an endpoint of its own', async () => {
    const keyless = createLlmHandler({ baseUrl: server.url('/v1'), schemas: smallValidator });
    await keyless.run({ model: 'm', prompt: 'x' }, recordedContext().context);
    expect(server.received[0]?.headers).not.toHaveProperty('authorization');
    await keyless.close();
  });
});

describe('a reply with a schema', () => {
  it.each(['{"city":"Oslo"}', '```json\n{"city":"Oslo"}\n```', ' {"city": "Oslo"}\n'])(
    'is parsed: %j',
    async (text) => {
      answer = says(text);
      expect(await run({ prompt: 'Where?', json_schema: city })).toMatchObject({
        text,
        json: { city: 'Oslo' },
      });
      expect(sent()).toMatchObject({
        response_format: { type: 'json_schema', json_schema: { name: 'reply', schema: city } },
      });
    },
  );

  it.each([
    ['Oslo, I think', 'stop', /not JSON/],
    ['{"city":"Os', 'length', /raise max_tokens/],
    ['{"town":"Oslo"}', 'stop', /does not fit json_schema. Property "city" is required/],
    ['{"city":1}', 'stop', /\/city: The value must be string/],
  ])('that is %j fails, retryable', async (text, finish_reason, message) => {
    answer = says(text, {}, { finish_reason });
    const failure = await failureOf(() => run({ prompt: 'Where?', json_schema: city }));
    expect(failure).toMatchObject({ code: 'LLM_INVALID_JSON', retryable: true, details: { text } });
    expect(failure.message).toMatch(message);
  });
});

describe('failures', () => {
  it.each<[string, Route, string, boolean]>([
    ['too many requests', status(429, '{}', { 'retry-after': '2' }), 'HTTP_429', true],
    ['a wrong key', status(401, '{"error":{"message":"Incorrect API key"}}'), 'HTTP_4XX', false],
    ['an overloaded server', status(503, 'busy'), 'HTTP_5XX', true],
    ['a redirect', status(302, '', { location: 'http://example.com' }), 'HTTP_UNEXPECTED_STATUS', false],
    ['a page', status(200, '<html>'), 'RESPONSE_NOT_JSON', false],
    ['something else in JSON', status(200, '{"ok":true}'), 'LLM_INVALID_RESPONSE', false],
    [
      'a refusal',
      says(null, {}, { message: { content: null, refusal: 'I will not' } }),
      'LLM_REFUSED',
      false,
    ],
    ['a broken connection', (_, response) => void response.destroy(), 'CONNECTION', true],
  ])('%s', async (_, route, code, retryable) => {
    answer = route;
    expect(await failureOf(() => run({ prompt: 'x' }))).toMatchObject({ code, retryable });
  });

  it('tell what the endpoint says, and when to come back', async () => {
    answer = status(429, '{"error":{"message":"Rate limit reached"}}', { 'retry-after': '2' });
    const failure = await failureOf(() => run({ prompt: 'x' }));
    expect(failure.message).toBe(
      `POST ${server.url('/v1/chat/completions')} answered 429: Rate limit reached`,
    );
    expect(failure.details).toMatchObject({ status: 429, retry_after_ms: 2_000 });
  });

  it('end a model that never answers', async () => {
    answer = () => undefined;
    expect(await failureOf(() => run({ prompt: 'x', timeout: 'PT0.05S' }))).toMatchObject({
      code: 'TIMEOUT',
    });
    const controller = new AbortController();
    const arrived = server.nextRequest();
    const failure = failureOf(async () =>
      handler.run({ prompt: 'x' }, recordedContext(controller.signal).context),
    );
    await arrived;
    controller.abort();
    expect(await failure).toMatchObject({ code: 'ABORTED' });
  });

  it('say which variables to set when nothing is configured', async () => {
    const bare = createLlmHandler({ baseUrl: '', apiKey: undefined, schemas: smallValidator });
    const failure = await failureOf(async () => bare.run({ prompt: 'x' }, recordedContext().context));
    expect(failure).toMatchObject({ code: 'LLM_NOT_CONFIGURED', retryable: false });
    expect(failure.message).toMatch(/Set OPENAI_API_KEY, or OPENAI_BASE_URL/);
  });

  it.each<[string, JsonObject]>([
    ['*', {}],
    ['prompt', { prompt: 7 }],
    ['*', { prompt: 'a', messages: [] }],
    ['timeout', { prompt: 'a', timeout: 'later' }],
    ['json_schema', { prompt: 'a', json_schema: { type: 7 } }],
  ])('name the bad member of a config: %s', async (member, config) => {
    expect(await failureOf(() => run(config))).toMatchObject({ code: 'INVALID_CONFIG', details: { member } });
    expect(server.received).toHaveLength(0);
  });

  it('ask for a model when there is no default', async () => {
    const choosy = createLlmHandler({ baseUrl: server.url('/v1'), schemas: smallValidator });
    const failure = await failureOf(async () => choosy.run({ prompt: 'x' }, recordedContext().context));
    expect(failure).toMatchObject({ code: 'INVALID_CONFIG', details: { member: 'model' } });
  });

  it.each(['localhost:11434/v1', 'ftp://example.com', 'http://'])('refuse %j as an endpoint', (baseUrl) => {
    expect(() => createLlmHandler({ baseUrl, schemas: smallValidator })).toThrow(/OPENAI_BASE_URL must be/);
  });
});
