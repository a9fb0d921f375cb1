import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflow-engine/dag';
import { LocalServer, type Route } from '../testing/local-server';
import { failureOf, recordedContext } from '../testing/recorded-context';
import { createHttpHandler, type HttpHandler } from './http-handler';

let server: LocalServer;
let other: LocalServer;
let handler: HttpHandler;

const redirect =
  (status: number, location: string | (() => string)): Route =>
  (_, response) =>
    void response
      .writeHead(status, { location: typeof location === 'string' ? location : location() })
      .end('moved');

const echo: Route = (received, response) =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(received));

const routes: Record<string, Route> = {
  '/echo': echo,
  '/to-echo': redirect(302, '/echo'),
  '/301': redirect(301, '/echo'),
  '/303': redirect(303, '/echo'),
  '/307': redirect(307, '/echo?moved=1'),
  '/308': redirect(308, '/echo'),
  '/loop': redirect(302, '/loop'),
  '/to-metadata': redirect(302, 'http://169.254.169.254/latest/meta-data/'),
  '/to-localhost': redirect(302, 'http://localhost:1/'),
  '/to-file': redirect(302, 'file:///etc/passwd'),
  '/to-userinfo': redirect(302, 'http://me:pw@example.com/'),
  '/to-nothing': redirect(302, 'http://[broken'),
  '/to-other': redirect(307, () => other.url('/echo')),
};

beforeAll(async () => {
  server = await LocalServer.start(routes);
  other = await LocalServer.start(routes);
  handler = createHttpHandler({ allowHosts: [server.host, other.host] });
});

beforeEach(() => {
  server.received.length = 0;
  other.received.length = 0;
});

afterAll(async () => {
  await handler.close();
  await Promise.all([server.stop(), other.stop()]);
});

const get = async (path: string, more: JsonObject = {}) =>
  handler.run({ url: server.url(path), ...more }, recordedContext().context);

describe('redirects', () => {
  it('are followed, one log line a hop', async () => {
    const { context, lines } = recordedContext();
    const { body } = await handler.run({ url: server.url('/to-echo?token=abc') }, context);
    expect(body).toMatchObject({ method: 'GET', url: '/echo' });
    expect(lines).toEqual([`GET ${server.url('/to-echo')}?… -> 302`, `GET ${server.url('/echo')} -> 200`]);
  });

  it.each([
    ['/to-echo', 'POST', 'GET', ''],
    ['/301', 'POST', 'GET', ''],
    ['/301', 'PUT', 'PUT', 'x'],
    ['/303', 'PUT', 'GET', ''],
    ['/307', 'POST', 'POST', 'x'],
    ['/308', 'DELETE', 'DELETE', 'x'],
  ])('%s makes a %s a %s', async (path, method, followed, body) => {
    const output = await get(path, { method, body: 'x', headers: { 'content-type': 'text/plain' } });
    expect(output.body).toMatchObject({ method: followed, body });
    expect('content-type' in (output.body as { headers: object }).headers).toBe(body !== '');
  });

  it('keep credentials on the same origin and drop them on another', async () => {
    const headers = { authorization: 'Bearer t', cookie: 's=1', 'x-api-key': 'k', 'x-team': 'sales' };
    await get('/307', { headers });
    expect(server.received[1]?.headers).toMatchObject(headers);
    await get('/to-other', { method: 'POST', body: 'x', headers });
    const [received] = other.received;
    expect(received?.headers).toMatchObject({ 'x-team': 'sales', 'idempotency-key': 'e-1:call' });
    for (const name of ['authorization', 'cookie', 'x-api-key'])
      expect(received?.headers).not.toHaveProperty(name);
    expect(received).toMatchObject({ method: 'POST', body: 'x' });
  });

  it('end after five', async () => {
    expect(await failureOf(() => get('/loop'))).toMatchObject({ code: 'TOO_MANY_REDIRECTS' });
    expect(server.received).toHaveLength(6);
  });

  it.each(['/to-metadata', '/to-localhost', '/to-file', '/to-userinfo'])('%s is blocked', async (path) => {
    expect(await failureOf(() => get(path))).toMatchObject({ code: 'BLOCKED_ADDRESS', retryable: false });
  });

  it('to nowhere fail', async () => {
    expect(await failureOf(() => get('/to-nothing'))).toMatchObject({ code: 'HTTP_UNEXPECTED_STATUS' });
  });
});
