import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type DemoUpstream, startDemoUpstream } from './demo-upstream';

let upstream: DemoUpstream;

beforeAll(async () => {
  upstream = await startDemoUpstream(0);
});
afterAll(() => upstream.close());

async function call(method: string, path: string, body?: unknown, key?: string) {
  const response = await fetch(upstream.url + path, {
    method,
    headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('the demo upstream', () => {
  it('lists what it serves', async () => {
    const { body } = await call('GET', '/');
    expect(body.routes).toMatchObject({ 'GET /users/:id': expect.any(String) });
  });

  it('takes money once per idempotency key, and per call without one', async () => {
    const order = { reference: 'order-1', amount_cents: 100 };
    const first = await call('POST', '/charges', order, 'key-1');
    const second = await call('POST', '/charges', order, 'key-1');
    expect(second.body).toEqual({ ...first.body, repeated: true });
    await call('POST', '/charges', order);
    expect((await call('GET', '/ledger?kind=charge&reference=order-1')).body.count).toBe(2);
  });

  it('loses an answer, but not the money', async () => {
    const charge = () =>
      call('POST', '/charges?lose_answer=1', { reference: 'order-2', amount_cents: 100 }, 'key-2');
    await expect(charge()).rejects.toThrow('fetch failed');
    expect(await charge()).toMatchObject({ status: 201, body: { repeated: true } });
    expect((await call('GET', '/ledger?reference=order-2')).body.count).toBe(1);
  });

  it('is flaky as often as asked, per key', async () => {
    const statuses = [];
    for (const key of ['a', 'a', 'b', 'a', 'b'])
      statuses.push((await call('GET', `/flaky?key=${key}&fails=2`)).status);
    expect(statuses).toEqual([503, 503, 503, 200, 503]);
  });

  it('notes callers who hang up before their answer', async () => {
    const hangUp = new AbortController();
    const pending = fetch(`${upstream.url}/slow?ms=60000&reference=slow-1`, { signal: hangUp.signal });
    const counted = async (kind: string) =>
      (await call('GET', `/ledger?kind=${kind}&reference=slow-1`)).body.count;
    while ((await counted('slow-started')) !== 1);
    hangUp.abort();
    await expect(pending).rejects.toThrow('aborted');
    while ((await counted('slow-aborted')) !== 1);
  });

  it('replies in the shape of a JSON schema, the same each time', async () => {
    const schema = {
      type: 'object',
      properties: {
        sentiment: { enum: ['positive', 'neutral', 'negative'] },
        urgency: { type: 'integer', minimum: 1, maximum: 5 },
        topics: { type: 'array', items: { type: 'string' }, maxItems: 2 },
        people: { type: 'array', items: { type: 'object', properties: { angry: { type: 'boolean' } } } },
      },
    };
    const ask = () =>
      call('POST', '/v1/chat/completions', {
        model: 'demo-1',
        messages: [{ role: 'user', content: 'Classify: The parcel is damaged. Refund it immediately!' }],
        response_format: { type: 'json_schema', json_schema: { name: 'reply', schema } },
      });
    const first = await ask();
    const [choice] = first.body.choices as [{ message: { content: string } }];
    expect(JSON.parse(choice.message.content)).toEqual({
      sentiment: 'negative',
      urgency: 4,
      topics: ['parcel', 'damaged'],
      people: [{ angry: true }],
    });
    expect(await ask()).toEqual(first);
  });

  it.each([
    ['GET', '/users/11', undefined, 404],
    ['GET', '/nothing', undefined, 404],
    ['PATCH', '/users/1', undefined, 404],
    ['POST', '/charges', '{"amount_cents":', 422],
    ['POST', '/charges', { amount_cents: 5_000_000 }, 402],
    ['POST', '/echo', 'x'.repeat(1_100_000), 413],
    ['POST', '/v1/chat/completions', {}, 400],
    ['GET', '/status/503', undefined, 503],
    ['GET', '/status/99', undefined, 400],
  ])('answers %s %s with an error in JSON', async (method, path, body, status) => {
    const answer = await call(method, path, body);
    expect(answer.status).toBe(status);
    expect(answer.body.error).toBeDefined();
  });
});
