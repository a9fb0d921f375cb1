import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { collect } from '../testing/collect';
import { doubling, type EngineUnderTest, startEngine } from '../testing/engine';
import { answerOf, Line } from '../testing/line';
import { ConnectionError, UnexpectedAnswerError, WorkflowClient } from './index';

let engine: EngineUnderTest;
let direct: WorkflowClient;
let line: Line;
let client: WorkflowClient;

beforeAll(async () => {
  engine = await startEngine();
  direct = new WorkflowClient({ url: engine.url });
  await direct.definitions.register(doubling);
});
afterAll(() => engine.stop());

beforeEach(async () => {
  line = await Line.to(engine.url);
  client = new WorkflowClient({ url: line.url, retry: { initialDelayMs: 10 } });
});
afterEach(() => line.close());

const problem = (status: string, code: string, headers: Readonly<Record<string, string>> = {}) => ({
  answer: answerOf(
    status,
    { 'content-type': 'application/problem+json', ...headers },
    JSON.stringify({ code, status: Number.parseInt(status), detail: code, errors: [] }),
  ),
});
const unavailable = problem('503 Service Unavailable', 'UNAVAILABLE', { 'retry-after': '0' });
const limited = problem('429 Too Many Requests', 'RATE_LIMITED', { 'retry-after': '1' });

async function countOf(name: string): Promise<number> {
  return (await collect(direct.executions({ name }))).length;
}

describe('a start', () => {
  it('is one start, although its answer was lost twice', async () => {
    const before = await countOf('doubling');
    line.next('answer lost', 'request lost', 'answer lost');
    const started = await client.start('doubling', { input: { n: 3 } });
    expect(line.connections).toBe(4);
    expect(started.created).toBe(false);
    expect(await countOf('doubling')).toBe(before + 1);
  });

  it('is one start for each of many, too', async () => {
    const before = await countOf('doubling');
    line.next('answer lost');
    const { items } = await client.startMany('doubling', [{ input: { n: 1 } }, { input: { n: 2 } }]);
    expect(items.map(({ created }) => created)).toEqual([false, false]);
    expect(await countOf('doubling')).toBe(before + 2);
  });

  it('comes back after a refusal for the moment, when it is told to', async () => {
    line.next(unavailable, limited);
    const begun = performance.now();
    expect(await client.start('doubling')).toMatchObject({ created: true });
    expect(line.connections).toBe(3);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(1_000);
  });
});

describe('a trigger', () => {
  it('has succeeded, although its answer was lost', async () => {
    const { execution_id: id } = await direct.submit(doubling);
    line.next('answer lost');
    expect(await client.trigger(id, { n: 5 })).toMatchObject({ execution_id: id });
    expect((await direct.wait(id)).output).toEqual({ result: 10 });
  });
});

describe('what could happen twice', () => {
  it('is not repeated when it may have happened', async () => {
    const before = await countOf('doubling');
    line.next('answer lost');
    await expect(client.submit(doubling)).rejects.toMatchObject({ code: 'CONNECTION', refused: false });
    expect(line.connections).toBe(1);
    expect(await countOf('doubling')).toBe(before + 1);
  });

  it('is repeated when it was refused', async () => {
    const before = await countOf('doubling');
    line.next(unavailable, unavailable);
    await client.submit(doubling);
    expect(await countOf('doubling')).toBe(before + 1);
  });
});

describe('the last error', () => {
  it('is the one that is thrown, after as many tries as allowed', async () => {
    client = new WorkflowClient({ url: line.url, retry: { maxAttempts: 3, initialDelayMs: 1 } });
    line.next('request lost', 'request lost', unavailable);
    await expect(client.status('x')).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      status: 503,
      retryAfterMs: 0,
    });
    expect(line.connections).toBe(3);
  });

  it('says that nobody listens', async () => {
    const { url } = line;
    await line.close();
    client = new WorkflowClient({ url, retry: { maxAttempts: 1 } });
    const error: unknown = await client.submit(doubling).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ refused: true, retryable: true });
    expect((error as Error).message).toBe(
      `cannot reach the engine at ${url}: nobody listens there (ECONNREFUSED)`,
    );
    line = await Line.to(engine.url);
  });

  it('says that somebody else answers', async () => {
    line.next({ answer: answerOf('200 OK', { 'content-type': 'text/html' }, '<h1>It works!</h1>') });
    const error: unknown = await client.status('x').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UnexpectedAnswerError);
    expect((error as Error).message).toContain('is not the workflow engine: 200, a body of type text/html');
  });

  it('says that an answer takes too long', async () => {
    line.next('no answer', 'no answer');
    client = new WorkflowClient({
      url: line.url,
      timeoutMs: 50,
      retry: { maxAttempts: 2, initialDelayMs: 1 },
    });
    const error: unknown = await client.submit(doubling).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'CONNECTION', refused: false });
    expect((error as Error).message).toContain('it does not answer in time');
    expect(line.connections).toBe(1);
    line.next('no answer');
    line.next('no answer');
    await expect(client.status('x')).rejects.toMatchObject({ code: 'CONNECTION' });
  });
});

describe('a signal', () => {
  it('ends a call that waits for its next try', async () => {
    line.next(problem('503 Service Unavailable', 'OVERLOADED', { 'retry-after': '9' }));
    const stop = new AbortController();
    client = new WorkflowClient({
      url: line.url,
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        setTimeout(() => stop.abort(new Error('enough')), 20);
        return response;
      },
    });
    const call = client.status('x', { signal: stop.signal });
    await expect(call).rejects.toThrow('enough');
    await expect(client.status('x', { signal: stop.signal })).rejects.toThrow('enough');
    expect(line.connections).toBe(1);
  });
});
