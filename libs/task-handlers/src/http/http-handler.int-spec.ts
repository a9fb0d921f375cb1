import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflow-engine/dag';
import { LocalServer, type Route } from '../testing/local-server';
import { failureOf, recordedContext } from '../testing/recorded-context';
import { createHttpHandler, type HttpHandler } from './http-handler';

let server: LocalServer;
let handler: HttpHandler;

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Route =>
  (_, response) =>
    void response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify(body));

const raw =
  (headers: Record<string, string>, body: string | Buffer): Route =>
  (_, response) =>
    void response.writeHead(200, headers).end(body);

const endless: Route = (_, response) => {
  response.writeHead(200, { 'content-type': 'text/plain' });
  const more = () => {
    while (!response.destroyed && response.write('x'.repeat(16_384)));
    if (!response.destroyed) response.once('drain', more);
  };
  more();
};

const routes: Record<string, Route> = {
  '/echo': (received, response) => json(200, received)(received, response),
  '/created': json(201, { id: 7 }),
  '/text': raw({ 'content-type': 'text/plain; charset=iso-8859-1' }, Buffer.from('caf\xe9', 'latin1')),
  '/empty': (_, response) => void response.writeHead(204).end(),
  '/not-json': raw({ 'content-type': 'application/json' }, '<html>'),
  '/json-as-text': raw({ 'content-type': 'text/plain' }, '[1,2]'),
  '/deep': raw({ 'content-type': 'application/json' }, `${'['.repeat(50_000)}${']'.repeat(50_000)}`),
  '/proto': raw({ 'content-type': 'application/problem+json' }, '{"__proto__":{"polluted":true},"a":1}'),
  '/429': json(429, { error: 'slow down' }, { 'retry-after': '7' }),
  '/404': json(404, { error: 'x'.repeat(5_000) }),
  '/503': (_, response) => void response.writeHead(503, { 'retry-after': 'soon' }).end('down'),
  '/hang': () => undefined,
  '/half': (_, response) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).write('{"a":'),
  '/cut': (_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('only this', () => response.destroy());
  },
  '/chunked': (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    for (const part of ['{"a"', ':', '1}']) response.write(part);
    response.end();
  },
  '/endless': endless,
  '/gzip': raw(
    { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    gzipSync('{"zipped":true}'),
  ),
  '/br': raw(
    { 'content-type': 'application/json', 'content-encoding': 'br' },
    brotliCompressSync('{"zipped":true}'),
  ),
  '/bomb': raw({ 'content-encoding': 'gzip' }, gzipSync(new Uint8Array(64 * 1_048_576))),
  '/twice': raw({ 'content-encoding': 'gzip, gzip' }, gzipSync('x')),
  '/bad-gzip': raw({ 'content-encoding': 'gzip' }, 'not zipped at all'),
  '/to-echo': (_, response) => void response.writeHead(302, { location: '/echo' }).end(),
};

beforeAll(async () => {
  server = await LocalServer.start(routes);
  handler = createHttpHandler({ allowHosts: [server.host] });
});

beforeEach(() => {
  server.received.length = 0;
});

afterAll(async () => {
  await handler.close();
  await server.stop();
});

const run = async (config: JsonObject) => handler.run(config, recordedContext().context);
const get = (path: string, more: JsonObject = {}) => run({ url: server.url(path), ...more });

describe('requests', () => {
  it('are a GET by default, with the idempotency key', async () => {
    const { status, body } = await get('/echo?a=1');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      method: 'GET',
      url: '/echo?a=1',
      body: '',
      headers: { 'idempotency-key': 'e-1:call' },
    });
  });

  it('send objects as JSON and strings as they are', async () => {
    const { body: sent } = await get('/echo', { method: 'POST', body: { amount: 4, tags: ['ä'] } });
    expect(sent).toMatchObject({
      body: '{"amount":4,"tags":["ä"]}',
      headers: { 'content-type': 'application/json' },
    });
    const { body: text } = await get('/echo', {
      method: 'PUT',
      body: 'a=1',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });
    expect(text).toMatchObject({
      body: 'a=1',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  });

  it('carry headers and query of the config', async () => {
    const { body } = await get('/echo?a=1', {
      query: { b: ['x y', 2], skipped: null, 'ü&': true },
      headers: { 'X-Team': 'sales', 'idempotency-key': 'mine', 'x-none': null },
    });
    expect(body).toMatchObject({
      url: '/echo?a=1&b=x+y&b=2&%C3%BC%26=true',
      headers: { 'x-team': 'sales', 'idempotency-key': 'mine' },
    });
    expect((body as { headers: object }).headers).not.toHaveProperty('x-none');
  });

  it('share connections', async () => {
    await get('/echo');
    const before = server.openSockets;
    await get('/echo');
    await get('/404').catch(() => undefined);
    await get('/echo');
    expect(server.openSockets).toBe(before);
  });

  it.each<[string, JsonObject]>([
    ['url', { url: 'not a url' }],
    ['url', { url: '/relative' }],
    ['url', {}],
    ['url', { url: 'http://user:secret@example.com/' }],
    ['method', { url: 'http://example.com', method: 'BREW' }],
    ['headers.x', { url: 'http://example.com', headers: { x: 'a\r\nb: c' } }],
    ['headers.a b', { url: 'http://example.com', headers: { 'a b': '1' } }],
    ['headers.Host', { url: 'http://example.com', headers: { Host: 'internal' } }],
    ['headers.x', { url: 'http://example.com', headers: { x: {} } }],
    ['headers', { url: 'http://example.com', headers: ['a'] }],
    ['query.q', { url: 'http://example.com', query: { q: { a: 1 } } }],
    ['expected_status', { url: 'http://example.com', expected_status: 'ok' }],
    ['response', { url: 'http://example.com', response: 'xml' }],
    ['timeout', { url: 'http://example.com', timeout: 'soon' }],
    ['timeout', { url: 'http://example.com', timeout: 0 }],
    ['max_response_bytes', { url: 'http://example.com', max_response_bytes: 1e9 }],
  ])('with a bad %s are never sent: %j', async (member, config) => {
    const failure = await failureOf(() => run(config));
    expect(failure).toMatchObject({ code: 'INVALID_CONFIG', retryable: false, details: { member } });
    expect(failure.message).not.toContain('secret');
  });
});

describe('responses', () => {
  it('are JSON, text or nothing, as their type says', async () => {
    expect(await get('/created')).toMatchObject({
      status: 201,
      body: { id: 7 },
      headers: { 'content-type': 'application/json' },
    });
    expect(await get('/text')).toMatchObject({ body: 'café' });
    expect(await get('/empty')).toMatchObject({ status: 204, body: null });
    expect(await get('/empty', { response: 'json' })).toMatchObject({ body: null });
    expect(await get('/chunked')).toMatchObject({ body: { a: 1 } });
    expect(await get('/created', { method: 'HEAD', expected_status: 201, response: 'json' })).toMatchObject({
      body: null,
    });
  });

  it('are read as the config says', async () => {
    expect(await get('/json-as-text')).toMatchObject({ body: '[1,2]' });
    expect(await get('/json-as-text', { response: 'json' })).toMatchObject({ body: [1, 2] });
    expect(await get('/created', { response: 'text' })).toMatchObject({ body: '{"id":7}' });
  });

  it('are unpacked', async () => {
    expect(await get('/gzip')).toMatchObject({ body: { zipped: true } });
    expect(await get('/br')).toMatchObject({ body: { zipped: true } });
  });

  it('cannot pollute a prototype', async () => {
    const { body } = await get('/proto');
    expect(body).toHaveProperty('a', 1);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it.each([
    ['/not-json', {}, 'RESPONSE_NOT_JSON', /not JSON/],
    ['/text', { response: 'json' }, 'RESPONSE_NOT_JSON', /not JSON/],
    ['/deep', {}, 'RESPONSE_NOT_JSON', /deeper than 256/],
    ['/endless', {}, 'RESPONSE_TOO_LARGE', /more than 1048576 bytes/],
    ['/created', { max_response_bytes: 3 }, 'RESPONSE_TOO_LARGE', /more than 3 bytes/],
    ['/bomb', {}, 'RESPONSE_TOO_LARGE', /more than 1048576 bytes/],
    ['/twice', {}, 'RESPONSE_NOT_DECODABLE', /gzip, gzip/],
    ['/bad-gzip', {}, 'RESPONSE_NOT_DECODABLE', /unpacked/],
  ])('%s %j fail with %s', async (path, config, code, message) => {
    const failure = await failureOf(() => get(path, config));
    expect(failure).toMatchObject({ code, retryable: false });
    expect(failure.message).toMatch(message);
  });
});

describe('unexpected statuses', () => {
  it.each([
    ['/429', 'HTTP_429', true],
    ['/503', 'HTTP_5XX', true],
    ['/404', 'HTTP_4XX', false],
    ['/nowhere', 'HTTP_4XX', false],
  ])('%s is %s', async (path, code, retryable) => {
    const failure = await failureOf(() => get(`${path}?key=hidden`));
    expect(failure).toMatchObject({ code, retryable });
    expect(failure.message).toContain(`GET ${server.url(path)}?…`);
    expect(failure.message).not.toContain('hidden');
  });

  it('bring the status, a bounded excerpt and the pause asked for', async () => {
    expect((await failureOf(() => get('/429'))).details).toEqual({
      status: 429,
      body: '{"error":"slow down"}',
      retry_after_ms: 7_000,
    });
    expect((await failureOf(() => get('/503'))).details).toEqual({ status: 503, body: 'down' });
    const { body } = (await failureOf(() => get('/404'))).details as { body: string };
    expect(body.length).toBeLessThan(1_100);
  });

  it('are those that were not asked for', async () => {
    expect(await get('/404', { expected_status: [200, '4xx'], response: 'text' })).toMatchObject({
      status: 404,
    });
    expect(await failureOf(() => get('/created', { expected_status: 200 }))).toMatchObject({
      code: 'HTTP_UNEXPECTED_STATUS',
    });
    expect(await get('/to-echo', { expected_status: '302' })).toMatchObject({
      status: 302,
      headers: { location: '/echo' },
    });
  });
});

describe('time', () => {
  it.each(['/hang', '/half'])('ends an attempt on %s with TIMEOUT', async (path) => {
    expect(await failureOf(() => get(path, { timeout: 0.05 }))).toMatchObject({
      code: 'TIMEOUT',
      retryable: true,
    });
  });

  it.each(['/hang', '/half'])('ends at once when the engine says so: %s', async (path) => {
    const controller = new AbortController();
    const { context } = recordedContext(controller.signal);
    const arrived = server.nextRequest();
    const failure = failureOf(async () => handler.run({ url: server.url(path) }, context));
    await arrived;
    controller.abort(new Error('cancelled'));
    expect(await failure).toMatchObject({ code: 'ABORTED' });
  });

  it('sends nothing when the engine has already said stop', async () => {
    const { context } = recordedContext(AbortSignal.abort());
    expect(await failureOf(async () => handler.run({ url: server.url('/echo') }, context))).toMatchObject({
      code: 'ABORTED',
    });
    expect(server.received).toHaveLength(0);
  });

  it('does not wait for a name that never resolves', async () => {
    const stuck = createHttpHandler({ resolve: () => undefined });
    const failure = await failureOf(async () =>
      stuck.run({ url: 'http://example.com/', timeout: 0.05 }, recordedContext().context),
    );
    expect(failure.code).toBe('TIMEOUT');
  });
});

describe('broken connections', () => {
  let closing: Server;
  const accepted: Socket[] = [];

  beforeAll(async () => {
    closing = createServer((socket) => {
      accepted.push(socket);
      socket.on('error', () => undefined);
      socket.once('data', () => socket.destroy());
    });
    await new Promise<void>((resolve) => closing.listen(0, '127.0.0.1', resolve));
  });

  afterAll(async () => {
    for (const socket of accepted) socket.destroy();
    await new Promise((resolve) => closing.close(resolve));
  });

  it('are CONNECTION, retryable', async () => {
    const { port } = closing.address() as AddressInfo;
    const lenient = createHttpHandler({ allowHosts: ['127.0.0.1'] });
    for (const url of [`http://127.0.0.1:${port}/`, 'http://127.0.0.1:1/', server.url('/cut')]) {
      const failure = await failureOf(async () => lenient.run({ url }, recordedContext().context));
      expect(failure).toMatchObject({ code: 'CONNECTION', retryable: true });
    }
    await lenient.close();
  });

  it('say that a name is unknown', async () => {
    const lost = createHttpHandler({
      resolve: (name, _, callback) =>
        callback(Object.assign(new Error(`ENOTFOUND ${name}`), { code: 'ENOTFOUND' }), []),
    });
    const failure = await failureOf(async () =>
      lost.run({ url: 'http://nowhere.example/' }, recordedContext().context),
    );
    expect(failure).toMatchObject({ code: 'CONNECTION', details: { reason: 'ENOTFOUND' } });
    expect(failure.message).toBe('GET http://nowhere.example/ failed: the host name cannot be resolved.');
  });
});
