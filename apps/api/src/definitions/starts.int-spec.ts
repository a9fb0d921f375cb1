import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BulkStarted, StartedExecution } from '@workflow-engine/contracts';

import { type ApiUnderTest, bodyOf, startApi } from '../../testing/api-under-test';
import { doubling, failing, gated } from '../../testing/definitions';

let api: ApiUnderTest;

const strict = {
  ...doubling,
  name: 'strict',
  input_schema: { type: 'object', required: ['n'], properties: { n: { type: 'number' } } },
};

beforeAll(async () => {
  api = await startApi();
  for (const definition of [doubling, { ...doubling, description: 'second' }, gated, failing, strict]) {
    await api.http.post('/api/v1/definitions').send(definition).expect(201);
  }
});

afterAll(() => api.stop());

const start = (name: string, query = '') => api.http.post(`/api/v1/definitions/${name}/executions${query}`);
const idOf = (response: { readonly body: unknown }) => (response.body as StartedExecution).execution_id;

describe('starting in one call', () => {
  it('starts the newest version', async () => {
    const started = await start('doubling')
      .send({ input: { n: 5 } })
      .expect(202);
    expect(started.body).toMatchObject({ version: 2, status: 'RUNNING', created: true });
    expect(started.headers.location).toBe(`/api/v1/workflows/${idOf(started)}`);
    expect((await api.ended(idOf(started))).status).toBe('COMPLETED');
  });

  it('starts an older version, and needs no body', async () => {
    expect((await start('doubling').send({ version: 1 }).expect(202)).body).toMatchObject({ version: 1 });
    await start('doubling').expect(202);
  });

  it('does not know other definitions or versions', async () => {
    expect((await start('ghost').expect(404)).body).toMatchObject({ code: 'DEFINITION_NOT_FOUND' });
    const version = await start('doubling').send({ version: 9 }).expect(404);
    expect(version.body).toMatchObject({ code: 'DEFINITION_NOT_FOUND' });
  });

  it.each([
    [{ input: [] }, '/input'],
    [{ input: 'text' }, '/input'],
    [{ version: 0 }, '/version'],
    [{ version: '1' }, '/version'],
    [{ n: 5 }, '/n'],
    [[], ''],
  ])('refuses the body %j', async (body, pointer) => {
    const refused = await start('doubling').send(body).expect(400);
    expect(refused.body).toMatchObject({ code: 'INVALID_REQUEST', errors: [{ pointer }] });
  });
});

describe('Idempotency-Key', () => {
  it('gives the first execution back', async () => {
    const call = () =>
      start('doubling')
        .set('Idempotency-Key', 'order-1')
        .send({ input: { n: 1 } });
    const first = await call().expect(202);
    const second = await call().expect(202);
    expect(idOf(second)).toBe(idOf(first));
    expect(first.headers['idempotent-replayed']).toBeUndefined();
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect(second.body).toMatchObject({ created: false });
  });

  it('starts one execution, however many calls come at once', async () => {
    const calls = Array.from({ length: 10 }, () =>
      start('doubling').set('Idempotency-Key', 'order-2').expect(202),
    );
    const ids = (await Promise.all(calls)).map(idOf);
    expect(new Set(ids).size).toBe(1);
  });

  it('refuses the key with another input', async () => {
    await start('doubling')
      .set('Idempotency-Key', 'order-3')
      .send({ input: { n: 1 } })
      .expect(202);
    const other = await start('doubling')
      .set('Idempotency-Key', 'order-3')
      .send({ input: { n: 2 } })
      .expect(422);
    expect(other.body).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
  });

  it('refuses keys that are none', async () => {
    const body = bodyOf(await start('doubling').set('Idempotency-Key', 'k'.repeat(256)).expect(400));
    expect(body).toMatchObject({ errors: [{ parameter: 'Idempotency-Key' }] });
  });
});

describe('wait', () => {
  it('answers with the results when they are ready in time', async () => {
    const body = bodyOf(
      await start('doubling', '?wait=PT10S')
        .send({ input: { n: 21 } })
        .expect(200),
    );
    expect(body).toMatchObject({ status: 'COMPLETED', output: { result: 42 } });
  });

  it('answers with the failure, too', async () => {
    const body = bodyOf(await start('failing', '?wait=10').expect(200));
    expect(body).toMatchObject({ status: 'FAILED', error: { code: 'BROKEN' } });
  });

  it('answers 202 when they are not', async () => {
    const body = bodyOf(await start('gated', '?wait=PT0.05S').expect(202));
    expect(body).toMatchObject({ status: 'RUNNING', created: true });
  });

  it.each(['PT2M', 'soon', '-1', ''])('refuses to wait "%s"', async (wait) => {
    const body = bodyOf(await start('doubling', `?wait=${wait}`).expect(400));
    expect(body).toMatchObject({ errors: [{ parameter: 'wait' }] });
  });

  it('answers on shutdown instead of holding it up', async () => {
    let enter: () => void = () => undefined;
    const entered = new Promise<void>((resolve) => (enter = resolve));
    const own = await startApi({
      sabotage: (engine) => ({
        wait: (...call) => {
          enter();
          return engine.wait(...call);
        },
      }),
    });
    await own.http.post('/api/v1/definitions').send(gated).expect(201);
    // Kept alive, as by most clients: the open connection must not hold up the shutdown either.
    const agent = new Agent({ keepAlive: true });
    const path = '/api/v1/definitions/gated/executions?wait=60';
    const call = request(`${own.url}${path}`, { method: 'POST', agent }).end();
    const answer = once(call, 'response').then(([response]) => (response as IncomingMessage).resume());
    await entered;
    await own.app.close();
    expect((await answer).statusCode).toBe(202);
    await own.stop();
  });
});

describe('bulk', () => {
  const bulk = (name: string, executions: unknown) =>
    api.http.post(`/api/v1/definitions/${name}/executions/bulk`).send({ executions });

  it('starts 1,000 at once, in order', async () => {
    const executions = Array.from({ length: 1_000 }, (_, n) => ({ input: { n } }));
    const body = bodyOf(await bulk('doubling', executions).expect(202));
    const { items } = body as BulkStarted;
    expect(items).toHaveLength(1_000);
    const last = items[999]?.execution_id ?? '';
    await api.ended(last);
    expect((await api.engine.results(last)).output).toEqual({ result: 1_998 });
  });

  it('starts nothing when one key belongs to another request', async () => {
    await bulk('doubling', [{ idempotency_key: 'taken', input: { n: 1 } }]).expect(202);
    const before = (await api.engine.search({ name: 'doubling' }, { limit: 1 })).items[0]?.id;

    const taken = { idempotency_key: 'taken', input: { n: 2 } };
    expect(bodyOf(await bulk('doubling', [{ input: { n: 3 } }, taken]).expect(422))).toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
    });
    const twice = [1, 2].map((n) => ({ idempotency_key: 'twice', input: { n } }));
    await bulk('doubling', twice).expect(422);

    expect((await api.engine.search({ name: 'doubling' }, { limit: 1 })).items[0]?.id).toBe(before);
  });

  it('honours idempotency keys', async () => {
    const executions = [{ idempotency_key: 'bulk-1' }, { idempotency_key: 'bulk-2' }];
    const first = (await bulk('doubling', executions).expect(202)).body as BulkStarted;
    const second = (await bulk('doubling', executions).expect(202)).body as BulkStarted;
    expect(second.items.map((item) => item.execution_id)).toEqual(
      first.items.map((item) => item.execution_id),
    );
    expect(second.items.map((item) => item.created)).toEqual([false, false]);
  });

  it.each([
    ['nothing', undefined, '/executions'],
    ['no list', {}, '/executions'],
    ['an empty list', [], '/executions'],
    ['1,001', Array.from({ length: 1_001 }, () => ({})), '/executions'],
    ['a number', [{}, 7], '/executions/1'],
    ['null', [null], '/executions/0'],
    ['an unknown field', [{ inputs: {} }], '/executions/0/inputs'],
    ['a wrong version', [{}, {}, { version: 1.5 }], '/executions/2/version'],
  ])('refuses %s', async (_what, executions, pointer) => {
    const body = bodyOf(await bulk('doubling', executions).expect(400));
    expect(body).toMatchObject({ code: 'INVALID_REQUEST', errors: [{ pointer }] });
  });

  it('starts all or none', async () => {
    const before = (await api.engine.search({ name: 'doubling' }, { limit: 1 })).items[0]?.id;
    await bulk('doubling', [{}, { version: 77 }]).expect(404);
    expect((await api.engine.search({ name: 'doubling' }, { limit: 1 })).items[0]?.id).toBe(before);
  });
});
