import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DefinitionSummary, Page } from '@workflow-engine/contracts';

import { type ApiUnderTest, bodyOf, startApi } from '../../testing/api-under-test';
import { doubling } from '../../testing/definitions';

let api: ApiUnderTest;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.stop());

const base = '/api/v1/definitions';
const cyclic = {
  name: 'cyclic',
  dag: {
    nodes: [
      { id: 'a', handler: 'noop', dependencies: ['b'] },
      { id: 'b', handler: 'noop', dependencies: ['a'] },
    ],
  },
};

describe('registering', () => {
  it('creates a version once per content', async () => {
    const first = await api.http.post(base).send(doubling).expect(201);
    expect(first.body).toMatchObject({ name: 'doubling', version: 1, definition: doubling });
    expect(first.headers.location).toBe(`${base}/doubling/versions/1`);
    const again = await api.http.post(base).send(doubling).expect(200);
    expect(again.body).toEqual(first.body);
    const changed = await api.http
      .post(base)
      .send({ ...doubling, description: 'doubles a number' })
      .expect(201);
    expect(changed.body).toMatchObject({ version: 2 });
    expect((changed.body as { workflow_id: string }).workflow_id).toBe(
      (first.body as { workflow_id: string }).workflow_id,
    );
  });

  it('refuses what is not valid, with every fault', async () => {
    const body = bodyOf(await api.http.post(base).send(cyclic).expect(400));
    expect(body).toMatchObject({ code: 'INVALID_DEFINITION', errors: [{ code: 'CYCLE' }] });
  });
});

describe('browsing', () => {
  const odd = 'Preis / Menge? 100% & "so"';

  beforeAll(async () => {
    await api.http.post(base).send(doubling);
    await api.http.post(base).send({ ...doubling, description: 'doubles a number' });
    await api.http.post(base).send({ ...doubling, name: odd });
  });

  it('lists the newest version of each name', async () => {
    const body = bodyOf(await api.http.get(base).expect(200));
    const { items, next_cursor: next } = body as Page<DefinitionSummary>;
    expect(items.map(({ name, version }) => [name, version])).toEqual(
      expect.arrayContaining([
        ['doubling', 2],
        [odd, 1],
      ]),
    );
    expect(next).toBeNull();
    const first = await api.http.get(`${base}?limit=1`).expect(200);
    expect((first.body as Page<DefinitionSummary>).next_cursor).toEqual(expect.any(String));
  });

  it('shows the newest, all, and one version', async () => {
    const newest = await api.http.get(`${base}/doubling`).expect(200);
    expect(newest.body).toMatchObject({ version: 2, definition: { description: 'doubles a number' } });
    const all = await api.http.get(`${base}/doubling/versions`).expect(200);
    expect((all.body as Page<DefinitionSummary>).items.map(({ version }) => version)).toEqual([2, 1]);
    const one = await api.http.get(`${base}/doubling/versions/1`).expect(200);
    expect(one.body).toMatchObject({ version: 1, definition: doubling });
  });

  it('reaches names with odd characters', async () => {
    const body = bodyOf(await api.http.get(`${base}/${encodeURIComponent(odd)}`).expect(200));
    expect(body).toMatchObject({ name: odd });
  });

  it.each([
    '/ghost',
    '/ghost/versions',
    '/doubling/versions/99',
    '/doubling/versions/0',
    '/doubling/versions/x',
  ])('knows nothing at %s', async (path) => {
    const body = bodyOf(await api.http.get(`${base}${path}`).expect(404));
    expect(body).toMatchObject({ code: 'DEFINITION_NOT_FOUND' });
  });

  it.each(['?limit=0', '?page=2'])('refuses %s', async (query) => {
    await api.http.get(`${base}${query}`).expect(400);
    await api.http.get(`${base}/doubling/versions${query}`).expect(400);
  });

  it('refuses a cursor that it did not give out', async () => {
    const body = bodyOf(await api.http.get(`${base}?cursor=x`).expect(400));
    expect(body).toMatchObject({ code: 'INVALID_CURSOR' });
  });
});

describe('checking', () => {
  it('counts nodes and edges of what is valid, and registers nothing', async () => {
    const body = bodyOf(
      await api.http
        .post(`${base}/validate`)
        .send({ ...doubling, name: 'only-checked' })
        .expect(200),
    );
    expect(body).toEqual({ valid: true, node_count: 2, edge_count: 1, errors: [] });
    await api.http.get(`${base}/only-checked`).expect(404);
  });

  it('shows a whole cycle', async () => {
    const body = bodyOf(await api.http.post(`${base}/validate`).send(cyclic).expect(200));
    expect(body).toMatchObject({ valid: false, errors: [{ code: 'CYCLE' }] });
    expect(JSON.stringify(body)).toMatch(/a -> b -> a|b -> a -> b/);
  });

  it('takes a missing body as a definition with faults', async () => {
    const body = bodyOf(await api.http.post(`${base}/validate`).expect(200));
    expect(body).toMatchObject({ valid: false, errors: [{ pointer: '' }] });
  });
});
