import { request } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Problem } from '@workflow-engine/contracts';
import { UnavailableError } from '@workflow-engine/execution';

import { type ApiUnderTest, bodyOf, startApi } from '../../testing/api-under-test';
import { doubling, wide } from '../../testing/definitions';

const unknownId = '01900000-0000-7000-8000-000000000000';
let api: ApiUnderTest;

beforeAll(async () => {
  api = await startApi();
});

/** Whatever came in, the process takes the next request. */
afterEach(async () => {
  await api.http.get('/health/live').expect(200);
});

afterAll(() => api.stop());

const submit = (body: string) =>
  api.http.post('/workflow').set('Content-Type', 'application/json').send(body);
const expectProblem = (
  response: { readonly body: unknown; readonly headers: unknown },
  fields: Partial<Problem>,
) => {
  expect(response.headers).toMatchObject({ 'content-type': 'application/problem+json; charset=utf-8' });
  const { body }: { body: unknown } = response;
  expect(body).toMatchObject({ ...fields, title: expect.any(String), type: expect.stringMatching(/^urn:/) });
  expect((body as Problem).detail.length).toBeGreaterThan(10);
  expect((body as Problem).request_id).toBe((response.headers as Record<string, string>)['x-request-id']);
};

describe('bodies that are no JSON', () => {
  it.each([
    ['{"name": "a",}', 'line 1, column 14'],
    ['{\n  "name": \'a\'\n}', 'line 2, column 11'],
    ['{"a": 1', 'line 1, column 8'],
    ['[1, 2', 'line 1, column 6'],
    ['nonsense', 'line 1, column 1'],
    ['{"a": 1} // comment', 'line 1, column 10'],
  ])('says where %j is broken', async (body, where) => {
    const response = await submit(body).expect(400);
    expectProblem(response, { code: 'MALFORMED_JSON', status: 400 });
    expect((response.body as Problem).detail).toContain(where);
  });

  it('refuses bytes that are no UTF-8', async () => {
    const call = request(`${api.url}/workflow`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    call.end(Buffer.from([0x22, 0xff, 0xfe, 0x22]));
    const status = await new Promise((resolve) =>
      call.on('response', (response) => resolve(response.resume().statusCode)),
    );
    expect(status).toBe(400);
  });

  it('takes JSON with a byte-order mark', async () => {
    await submit(`\ufeff${JSON.stringify(doubling)}`).expect(201);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=latin1'])(
    'refuses %s',
    async (type) => {
      const response = await api.http
        .post('/workflow')
        .set('Content-Type', type)
        .send('{"name":"a"}')
        .expect(415);
      expectProblem(response, { code: 'UNSUPPORTED_MEDIA_TYPE' });
    },
  );
});

describe('bodies that are too much', () => {
  it.each([
    ['arrays', '['.repeat(10_000) + ']'.repeat(10_000)],
    ['objects', '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000)],
    ['what never closes', '['.repeat(5_000_000)],
    [
      'a config',
      `{"name":"a","dag":{"nodes":[{"id":"a","handler":"noop","config":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}]}}`,
    ],
  ])('refuses 10,000-deep nesting: %s', async (_what, body) => {
    expectProblem(await submit(body).expect(400), { code: 'BODY_TOO_DEEP' });
    const trigger = api.http.post(`/workflow/trigger/${unknownId}`).set('Content-Type', 'application/json');
    expectProblem(await trigger.send(body).expect(400), { code: 'BODY_TOO_DEEP' });
  });

  it('does not count brackets inside strings', async () => {
    const id = await api.submit(doubling);
    await api.http
      .post(`/workflow/trigger/${id}`)
      .send({ input: { n: 1, text: '[{"\\'.repeat(10_000) } })
      .expect(202);
  });

  it('takes a body of 5 MB and refuses one above the limit', async () => {
    const big = {
      ...doubling,
      dag: { nodes: [{ id: 'a', handler: 'echo', config: { text: 'x'.repeat(5e6) } }] },
    };
    await submit(JSON.stringify(big)).expect(201);
    const response = await submit(JSON.stringify('x'.repeat(17 * 1_024 * 1_024))).expect(413);
    expectProblem(response, { code: 'BODY_TOO_LARGE' });
  }, 20_000);

  it('refuses a small body that unpacks to a huge one, and takes a packed one that does not', async () => {
    const send = (body: Buffer) =>
      new Promise<number | undefined>((resolve, reject) => {
        const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
        const call = request(`${api.url}/workflow`, { method: 'POST', headers });
        call.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
        call.end(body);
      });
    expect(await send(gzipSync('['.padEnd(200 * 1_024 * 1_024)))).toBe(413);
    expect(await send(gzipSync(JSON.stringify(doubling)))).toBe(201);
    expect(await send(Buffer.from('this is not gzip'))).toBe(400);
  }, 20_000);

  it('refuses an unknown encoding', async () => {
    const response = await submit('{}').set('Content-Encoding', 'rot13').expect(415);
    expectProblem(response, { code: 'UNSUPPORTED_MEDIA_TYPE' });
  });

  it('stops reading a chunked body at the limit', async () => {
    const own = await startApi({ config: { maxBodyBytes: 1_000 } });
    const call = request(`${own.url}/workflow`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    const status = new Promise((resolve) =>
      call.on('response', (response) => resolve(response.resume().statusCode)),
    );
    call.on('error', () => undefined);
    // Never ended: the answer must not wait for that.
    call.write('x'.repeat(10_000));
    expect(await status).toBe(413);
    call.destroy();
    await own.stop();
  });

  it('survives clients that hang up half-way', async () => {
    const { port } = new URL(api.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      'POST /workflow HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a',
    );
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.destroy();
  });
});

describe('definitions that are not valid', () => {
  const node = (id: string, more: object = {}) => ({ id, handler: 'noop', ...more });
  const dag = (...nodes: object[]) => ({ name: 'bad', dag: { nodes } });

  it.each<[string, unknown, string]>([
    ['a number', 7, 'WRONG_TYPE'],
    ['a list', [], 'WRONG_TYPE'],
    ['null', null, 'WRONG_TYPE'],
    ['an unknown field', { ...dag(node('a')), nodes: [] }, 'UNKNOWN_FIELD'],
    ['a wrong type', { name: 1, dag: { nodes: [node('a')] } }, 'WRONG_TYPE'],
    ['an unknown handler', dag({ id: 'a', handler: 'nope' }), 'UNKNOWN_HANDLER'],
    ['a ghost', dag(node('a', { dependencies: ['ghost'] })), 'UNKNOWN_DEPENDENCY'],
    ['a duplicate', dag(node('a'), node('a')), 'DUPLICATE_ID'],
    ['a cycle', dag(node('a', { dependencies: ['b'] }), node('b', { dependencies: ['a'] })), 'CYCLE'],
    ['odd ids', dag(node('a/../b')), 'INVALID_ID'],
    [
      'a reference sideways',
      dag(node('a'), { id: 'b', handler: 'echo', config: { x: '${a.output}' } }),
      'NOT_AN_ANCESTOR',
    ],
    ['100,001 nodes', wide(100_001), 'TOO_MANY_NODES'],
  ])('refuses %s', async (_what, definition, code) => {
    const response = await submit(JSON.stringify(definition)).expect(400);
    expectProblem(response, { code: 'INVALID_DEFINITION' });
    const { errors } = response.body as Problem;
    expect(errors.map((fault) => fault.code)).toContain(code);
    expect(errors.every((fault) => fault.message.length > 10)).toBe(true);
  });

  it('tells all faults at once', async () => {
    const definition = { nam: 'x', dag: { nodes: [node('a', { dependencies: ['ghost'] }), { id: 'b' }] } };
    const body = bodyOf(await submit(JSON.stringify(definition)).expect(400));
    const pointers = (body as Problem).errors.map((fault) => fault.pointer);
    expect(pointers).toEqual(expect.arrayContaining(['/nam', '/dag/nodes/0/dependencies/0']));
    expect(pointers.length).toBeGreaterThanOrEqual(4);
  });
});

describe('inputs that are not valid', () => {
  it.each([
    [{ input: 7 }, '/input'],
    [{ input: [] }, '/input'],
    [{ inputs: {} }, '/inputs'],
    [{ 'a/b~c': 1 }, '/a~1b~0c'],
    ['text', ''],
  ])('refuses to trigger with %j', async (body, pointer) => {
    const id = await api.submit(doubling);
    const call = api.http.post(`/workflow/trigger/${id}`).set('Content-Type', 'application/json');
    const response = await call.send(JSON.stringify(body)).expect(400);
    expectProblem(response, { code: 'INVALID_REQUEST' });
    expect((response.body as Problem).errors).toMatchObject([{ pointer }]);
    await api.http.post(`/workflow/trigger/${id}`).expect(202);
  });

  it('is not confused by prototype tricks', async () => {
    const id = await api.submit(doubling);
    const call = api.http.post(`/workflow/trigger/${id}`).set('Content-Type', 'application/json');
    await call.send('{"__proto__": {"input": {"n": 5}}}').expect(400);
  });
});

describe('ids and paths', () => {
  it.each([
    ['get', `/workflows/${unknownId}`, 'EXECUTION_NOT_FOUND'],
    ['post', `/workflow/trigger/${unknownId}`, 'EXECUTION_NOT_FOUND'],
    ['get', `/api/v1/workflows/${unknownId}/results`, 'EXECUTION_NOT_FOUND'],
    ['get', `/api/v1/workflows/${unknownId}/events`, 'EXECUTION_NOT_FOUND'],
    ['post', `/api/v1/workflows/${unknownId}/cancel`, 'EXECUTION_NOT_FOUND'],
    ['delete', `/api/v1/workflows/${unknownId}`, 'EXECUTION_NOT_FOUND'],
    ['post', `/api/v1/workflows/${unknownId}/pause`, 'EXECUTION_NOT_FOUND'],
    ['post', `/api/v1/workflows/${unknownId}/resume`, 'EXECUTION_NOT_FOUND'],
    ['post', `/api/v1/workflows/${unknownId}/retry`, 'EXECUTION_NOT_FOUND'],
    ['post', `/api/v1/dead-letters/${unknownId}/retry`, 'DEAD_LETTER_NOT_FOUND'],
    ['delete', `/api/v1/dead-letters/${unknownId}`, 'DEAD_LETTER_NOT_FOUND'],
    ['get', '/workflows/not-an-id', 'EXECUTION_NOT_FOUND'],
    ['get', '/workflows/%00', 'EXECUTION_NOT_FOUND'],
    ['get', "/workflows/'%20OR%201=1--", 'EXECUTION_NOT_FOUND'],
    ['get', '/workflows/%F0%9F%98%80', 'EXECUTION_NOT_FOUND'],
    ['get', `/workflows/${'a'.repeat(5_000)}`, 'EXECUTION_NOT_FOUND'],
    ['get', '/workflows/__proto__', 'EXECUTION_NOT_FOUND'],
    ['get', '/workflows/..%2f..%2fetc%2fpasswd', 'EXECUTION_NOT_FOUND'],
    ['get', '/api/v1/definitions/%00', 'DEFINITION_NOT_FOUND'],
  ] as const)('%s %s is not found', async (method, path, code) => {
    expectProblem(await api.http[method](path).expect(404), { code });
  });

  it('refuses broken escapes', async () => {
    expectProblem(await api.http.get('/workflows/%zz').expect(400), { code: 'INVALID_URL' });
  });

  it.each(['/nowhere', '/api/v2/workflows', '/workflow/trigger', '/api/v1'])(
    'has nothing at %s',
    async (path) => {
      expectProblem(await api.http.get(path).expect(404), { code: 'ROUTE_NOT_FOUND' });
    },
  );

  it('does not read bodies sent to nowhere', async () => {
    const response = await api.http.post('/nowhere').set('Content-Type', 'application/json').send('{broken');
    expectProblem(response, { code: 'ROUTE_NOT_FOUND' });
  });

  it.each([
    ['get', '/workflow', 'POST'],
    ['put', `/workflows/${unknownId}`, 'GET, HEAD'],
    ['patch', '/api/v1/definitions', 'GET, HEAD, POST'],
    ['post', `/api/v1/workflows/${unknownId}`, 'DELETE, GET, HEAD'],
    ['delete', '/health/live', 'GET, HEAD'],
  ] as const)('%s %s is told which methods there are', async (method, path, allow) => {
    const response = await api.http[method](path).expect(405);
    expectProblem(response, { code: 'METHOD_NOT_ALLOWED' });
    expect(response.headers.allow).toBe(allow);
  });

  it('answers OPTIONS with the methods, and allows no other origin', async () => {
    const response = await api.http
      .options('/workflow')
      .set('Origin', 'https://elsewhere.example')
      .expect(204);
    expect(response.headers.allow).toBe('POST');
    expect(response.headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('faults on our side', () => {
  it('answers 503 when a store is down, without details of it', async () => {
    const own = await startApi({
      sabotage: () => ({
        status: () => Promise.reject(new UnavailableError('connect ECONNREFUSED db:5432')),
      }),
    });
    const response = await own.http.get(`/workflows/${unknownId}`).expect(503);
    expectProblem(response, { code: 'UNAVAILABLE' });
    expect(response.headers['retry-after']).toBe('5');
    expect(JSON.stringify(response.body)).not.toContain('5432');
    expect(own.log.join('')).toContain('5432');
    await own.stop();
  });

  it('answers 500 when it does not know what happened, and logs it under the request id', async () => {
    const own = await startApi({
      sabotage: () => ({ status: () => Promise.reject(new TypeError('password=hunter2')) }),
    });
    const response = await own.http.get(`/workflows/${unknownId}`).set('X-Request-Id', 'call-7').expect(500);
    expectProblem(response, { code: 'INTERNAL_ERROR', request_id: 'call-7' });
    expect(JSON.stringify(response.body)).not.toContain('hunter2');
    const line = own.log.find((entry) => entry.includes('hunter2'));
    expect(line).toContain('"requestId":"call-7"');
    await own.stop();
  });
});
