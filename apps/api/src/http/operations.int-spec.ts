import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { setImmediate } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InMemoryRateLimiter, systemClock } from '@workflow-engine/execution';
import { createMetricsRegistry } from '@workflow-engine/runtime';
import { Gauge } from 'prom-client';

import { type ApiUnderTest, bodyOf, startApi } from '../../testing/api-under-test';
import { doubling } from '../../testing/definitions';

let api: ApiUnderTest;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.stop());

describe('health', () => {
  it.each(['/health', '/api/v1/health'])('is told at %s', async (base) => {
    await api.http.get(`${base}/live`).expect(200);
    const ready = await api.http.get(`${base}/ready`).expect(200);
    expect(ready.body).toEqual({ status: 'ok', checks: {} });
  });

  it('is 503 while a dependency fails, and says which one but not why', async () => {
    let healthy = false;
    const own = await startApi({
      healthChecks: {
        database: () =>
          healthy ? Promise.resolve() : Promise.reject(new Error('connect ECONNREFUSED db:5432')),
        engine: () => Promise.resolve(),
      },
    });
    const failed = await own.http.get('/health/ready').expect(503);
    expect(failed.body).toEqual({ status: 'unavailable', checks: { database: 'unavailable', engine: 'ok' } });
    await own.http.get('/health/live').expect(200);
    healthy = true;
    await own.http.get('/health/ready').expect(200);
    await own.stop();
  });
});

describe('metrics', () => {
  it('count requests per route, not per path, and show what others measure', async () => {
    const registry = createMetricsRegistry();
    new Gauge({ name: 'tasks_open', help: 'x', registers: [registry] }).set(3);
    const own = await startApi({ registry });
    const id = await own.submit(doubling);
    await own.http.get(`/workflows/${id}`).expect(200);
    await own.http.get('/nowhere').expect(404);
    const { text, headers } = await own.http.get('/metrics').expect(200);
    expect(headers['content-type']).toContain('text/plain');
    expect(text).toContain('tasks_open 3');
    expect(text).toContain(
      'http_request_duration_seconds_count{method="GET",route="/workflows/:execution_id",status="200"} 1',
    );
    expect(text).toContain(
      'http_request_duration_seconds_count{method="GET",route="unmatched",status="404"} 1',
    );
    expect(text).not.toContain(id);
    await own.stop();
  });
});

describe('the rate limit', () => {
  const limited = (max: number) =>
    startApi({
      rateLimiter: new InMemoryRateLimiter({ ...systemClock, now: () => 1_000_000 }),
      config: { rateLimit: { max, windowMs: 60_000 } },
    });

  it('counts down, then refuses and says when to come back', async () => {
    // One is spent by the test's own look at /openapi.json.
    const own = await limited(3);
    const first = await own.http.get('/').expect(200);
    expect(first.headers).toMatchObject({
      'ratelimit-limit': '3',
      'ratelimit-remaining': '1',
      'ratelimit-reset': expect.stringMatching(/^\d+$/),
      'x-ratelimit-limit': '3',
      'x-ratelimit-remaining': '1',
      'x-ratelimit-reset': expect.stringMatching(/^\d{10}$/),
    });
    await own.http.get('/').expect(200);
    const refused = await own.http.post('/workflow').send(doubling).expect(429);
    expect(refused.body).toMatchObject({ code: 'RATE_LIMITED', status: 429 });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
    await own.stop();
  });

  it('leaves probers and scrapers alone', async () => {
    const own = await limited(1);
    await own.http.get('/').expect(429);
    for (const path of ['/health/live', '/health/ready', '/metrics', '/api/v1/health/live']) {
      await own.http.get(path).expect(200);
    }
    await own.stop();
  });

  it('is off when the maximum is 0', async () => {
    const own = await limited(0);
    const { headers } = await own.http.get('/').expect(200);
    expect(headers['ratelimit-limit']).toBeUndefined();
    await own.stop();
  });

  it('lets requests pass when the limiter itself is down', async () => {
    const own = await startApi({
      rateLimiter: { take: () => Promise.reject(new Error('down')) },
      config: { rateLimit: { max: 1, windowMs: 1_000 } },
    });
    await own.http.get('/').expect(200);
    await own.stop();
  });
});

describe('every answer', () => {
  it.each(['/', '/nowhere', '/workflows/x', '/docs'])(
    'of %s has security headers and a request id',
    async (path) => {
      const { headers } = await api.http.get(path);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
        'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
      expect(headers['x-powered-by']).toBeUndefined();
    },
  );

  it('takes over a harmless request id and no other', async () => {
    const kept = await api.http.get('/').set('X-Request-Id', 'order:4711');
    expect(kept.headers['x-request-id']).toBe('order:4711');
    const odd = await api.http.get('/').set('X-Request-Id', 'a b"c');
    expect(odd.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('the index', () => {
  it('names routes that exist', async () => {
    const body = bodyOf(await api.http.get('/').expect(200));
    const { links } = body as { links: Record<string, string> };
    const documented = Object.entries(api.document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect([...documented, 'GET /docs']).toEqual(expect.arrayContaining(Object.values(links)));
  });
});

describe('shutdown', () => {
  it('finishes what was begun, and does not wait for kept-alive connections after that', async () => {
    let enter: () => void = () => undefined;
    let leave: () => void = () => undefined;
    const entered = new Promise<void>((resolve) => (enter = resolve));
    const left = new Promise<void>((resolve) => (leave = resolve));
    const own = await startApi({
      sabotage: (engine) => ({
        status: async (id) => {
          enter();
          await left;
          return engine.status(id);
        },
      }),
    });
    const id = await own.submit(doubling);
    const agent = new Agent({ keepAlive: true });
    const call = request(`${own.url}/workflows/${id}`, { agent }).end();
    const answer = once(call, 'response').then(([response]) => (response as IncomingMessage).resume());
    await entered;
    const closed = own.app.close();
    while (own.app.getHttpServer().listening) await setImmediate();
    leave();
    expect((await answer).statusCode).toBe(200);
    await closed;
    await own.stop();
  });
});
