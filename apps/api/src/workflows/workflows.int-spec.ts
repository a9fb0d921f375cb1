import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ExecutionSummary, Page } from '@workflow-engine/contracts';

import { type ApiUnderTest, bodyOf, startApi } from '../../testing/api-under-test';
import { doubling, failing, gated } from '../../testing/definitions';

let api: ApiUnderTest;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.stop());

const route = (id: string, rest: string) => `/api/v1/workflows/${id}${rest}`;

describe('results and nodes', () => {
  it('has no results before the trigger', async () => {
    const id = await api.submit(doubling);
    const body = bodyOf(await api.http.get(route(id, '/results')).expect(200));
    expect(body).toEqual({ execution_id: id, status: 'PENDING', output: null, outputs: {} });
  });

  it('shows the resolved config, the output and the attempts of a node', async () => {
    const id = await api.run(doubling, { n: 4 });
    await api.ended(id);
    const body = bodyOf(await api.http.get(route(id, '/nodes/double')).expect(200));
    expect(body).toMatchObject({
      execution_id: id,
      node_id: 'double',
      handler: 'echo',
      status: 'COMPLETED',
      dependencies: ['start'],
      config: { value: 8 },
      output: { value: 8 },
      error: null,
      attempts: [{ attempt: 1, deliveries: 1, error: null }],
    });
  });

  it('shows why a node failed, and why the execution did', async () => {
    const id = await api.run(failing);
    expect(await api.ended(id)).toMatchObject({
      status: 'FAILED',
      error: { code: 'BROKEN', node_id: 'bad' },
    });
    const body = bodyOf(await api.http.get(route(id, '/nodes/bad')).expect(200));
    expect(body).toMatchObject({ status: 'FAILED', error: { code: 'BROKEN', message: 'bad is broken' } });
    const results = await api.http.get(route(id, '/results')).expect(200);
    expect(results.body).toMatchObject({ output: null, error: { code: 'BROKEN' } });
  });

  it('says which of the two is unknown, the execution or the node', async () => {
    const id = await api.submit(doubling);
    const node = await api.http.get(route(id, '/nodes/ghost')).expect(404);
    expect(node.body).toMatchObject({ code: 'NODE_NOT_FOUND' });
    const execution = await api.http
      .get(route('01900000-0000-7000-8000-000000000000', '/nodes/a'))
      .expect(404);
    expect(execution.body).toMatchObject({ code: 'EXECUTION_NOT_FOUND' });
  });
});

describe('changing the course of an execution', () => {
  it.each([
    ['POST', '/cancel'],
    ['DELETE', ''],
  ] as const)('cancels with %s %s, and refuses to cancel what has ended', async (method, rest) => {
    const id = await api.run(gated);
    const call = () =>
      method === 'POST' ? api.http.post(route(id, rest)) : api.http.delete(route(id, rest));
    const body = bodyOf(await call().expect(200));
    expect(body).toMatchObject({ execution_id: id, status: 'CANCELLED' });
    expect((await api.ended(id)).node_statuses).toEqual({ gate: 'CANCELLED', after: 'CANCELLED' });
    const again = await call().expect(409);
    expect(again.body).toMatchObject({ code: 'WRONG_STATE', execution_status: 'CANCELLED' });
  });

  it('keeps the reason of a cancellation', async () => {
    const id = await api.run(gated);
    await api.http.post(route(id, '/cancel')).send({ reason: 'ordered twice' }).expect(200);
    const body = bodyOf(await api.http.get(route(id, '/events')).expect(200));
    expect((body as Page<object>).items.at(-1)).toMatchObject({
      type: 'ExecutionCancelled',
      reason: 'ordered twice',
    });
  });

  it('pauses, refuses to pause twice, and goes on', async () => {
    const own = await startApi();
    try {
      const id = await own.run(gated);
      const paused = await own.http.post(route(id, '/pause')).expect(200);
      expect(paused.body).toMatchObject({ status: 'PAUSED' });
      const again = await own.http.post(route(id, '/pause')).expect(409);
      expect(again.body).toMatchObject({ code: 'WRONG_STATE', execution_status: 'PAUSED' });
      const resumed = await own.http.post(route(id, '/resume')).expect(200);
      expect(resumed.body).toMatchObject({ status: 'RUNNING' });
      own.handlers.release('gate');
      expect((await own.ended(id)).status).toBe('COMPLETED');
      await own.http.post(route(id, '/resume')).expect(409);
    } finally {
      await own.stop();
    }
  });

  it('retries from the failed nodes, and refuses to retry what succeeded', async () => {
    const own = await startApi();
    try {
      const id = await own.run(failing);
      expect((await own.ended(id)).status).toBe('FAILED');
      own.handlers.repair();
      await own.http.post(route(id, '/retry')).expect(200);
      expect((await own.ended(id)).status).toBe('COMPLETED');
      const again = await own.http.post(route(id, '/retry')).expect(409);
      expect(again.body).toMatchObject({ code: 'WRONG_STATE', execution_status: 'COMPLETED' });
    } finally {
      await own.stop();
    }
  });
});

describe('a rerun', () => {
  const rerun = (id: string, query: string) => api.http.post(route(id, `/rerun${query}`));

  it('starts again from a node, of an execution that has ended', async () => {
    const id = await api.run(doubling, { n: 4 });
    const before = await api.ended(id);
    expect((await rerun(id, '?from=double').expect(200)).body).toMatchObject({ execution_id: id });
    const after = await api.ended(id);
    expect(after.status).toBe('COMPLETED');
    expect(Date.parse(after.finished_at ?? '')).toBeGreaterThanOrEqual(Date.parse(before.finished_at ?? ''));
    const nodes = await Promise.all(
      ['start', 'double'].map(async (node) => bodyOf(await api.http.get(route(id, `/nodes/${node}`)))),
    );
    expect(nodes).toMatchObject([{ output: { n: 4 } }, { output: { value: 8 }, attempts: [{}, {}] }]);
  });

  it('refuses what has not ended, and nodes that are not there', async () => {
    const id = await api.submit(doubling);
    const early = await rerun(id, '?from=double').expect(409);
    expect(early.body).toMatchObject({ code: 'WRONG_STATE', execution_status: 'PENDING' });
    expect((await rerun(id, '?from=triple').expect(404)).body).toMatchObject({ code: 'NODE_NOT_FOUND' });
    for (const query of ['', '?from=', '?from=a%20b', '?from=a&from=b']) {
      expect((await rerun(id, query).expect(400)).body).toMatchObject({
        code: 'INVALID_REQUEST',
        errors: [{ parameter: 'from' }],
      });
    }
    await api.http.post('/api/v1/workflows/nobody/rerun?from=a').expect(404);
  });
});

describe('search', () => {
  const search = async (query: string) => {
    const body = bodyOf(await api.http.get(`/api/v1/workflows${query}`).expect(200));
    return body as Page<ExecutionSummary>;
  };

  it('finds by status, name, labels and time', async () => {
    const since = new Date().toISOString();
    const done = await api.run({ ...doubling, name: 'found' });
    await api.ended(done);
    const open = await api.submit({ ...doubling, name: 'found' });
    const ids = async (query: string) => (await search(query)).items.map((item) => item.execution_id);
    expect(await ids('?name=found')).toEqual([open, done]);
    expect(await ids('?name=found&status=PENDING')).toEqual([open]);
    expect(await ids('?name=found&status=PENDING,RUNNING&status=COMPLETED')).toEqual([open, done]);
    expect(await ids('?name=found&label=team:sales&label=region:eu:west')).toEqual([open, done]);
    expect(await ids('?name=found&label=team:sales&label=region:us')).toEqual([]);
    expect(await ids(`?name=found&since=${since}`)).toEqual([open, done]);
    expect(await ids('?name=found&since=2999-01-01T00:00:00Z')).toEqual([]);
  });

  it('pages through everything exactly once', async () => {
    const made = [];
    for (let index = 0; index < 5; index++) made.push(await api.submit({ ...doubling, name: 'paged' }));
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: Page<ExecutionSummary> = await search(
        `?name=paged&limit=2${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map((item) => item.execution_id));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(made.reverse());
  });

  it.each([
    ['?status=DONE', 'status'],
    ['?limit=0', 'limit'],
    ['?limit=1001', 'limit'],
    ['?limit=ten', 'limit'],
    ['?limit=1&limit=2', 'limit'],
    ['?since=yesterday', 'since'],
    ['?label=team', 'label'],
    ['?name=', 'name'],
    ['?stat=FAILED', 'stat'],
    ['?__proto__=1', '__proto__'],
  ])('refuses %s', async (query, parameter) => {
    const body = bodyOf(await api.http.get(`/api/v1/workflows${query}`).expect(400));
    expect(body).toMatchObject({ code: 'INVALID_REQUEST', errors: [{ parameter, pointer: '' }] });
  });

  it('refuses a cursor that it did not give out', async () => {
    const body = bodyOf(await api.http.get('/api/v1/workflows?cursor=%00%01nonsense').expect(400));
    expect(body).toMatchObject({ code: 'INVALID_CURSOR' });
  });
});
