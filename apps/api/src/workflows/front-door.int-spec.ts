import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type ApiUnderTest, startApi } from '../../testing/api-under-test';
import { doubling, wide } from '../../testing/definitions';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

let api: ApiUnderTest;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.stop());

describe.each(['', '/api/v1'])('the front door at "%s"', (prefix) => {
  it('takes a workflow from submission to its results', async () => {
    const submitted = await api.http.post(`${prefix}/workflow`).send(doubling).expect(201);
    const { execution_id: id, workflow_id: workflowId } = submitted.body as Record<string, string>;
    expect(submitted.body).toEqual({
      execution_id: expect.stringMatching(uuid),
      workflow_id: expect.stringMatching(uuid),
      version: 1,
      status: 'PENDING',
    });
    expect(submitted.headers.location).toBe(`/workflows/${id}`);

    const pending = await api.http.get(`${prefix}/workflows/${id}`).expect(200);
    expect(pending.body).toEqual({
      execution_id: id,
      workflow_id: workflowId,
      name: 'doubling',
      version: 1,
      status: 'PENDING',
      progress: { total: 2, finished: 0, percent: 0 },
      node_statuses: { start: 'PENDING', double: 'PENDING' },
      labels: doubling.labels,
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      started_at: null,
      finished_at: null,
    });

    const triggered = await api.http
      .post(`${prefix}/workflow/trigger/${id}`)
      .send({ input: { n: 21 } })
      .expect(202);
    expect(triggered.body).toEqual({ execution_id: id, status: 'RUNNING' });

    const ended = await api.ended(String(id));
    expect(ended).toMatchObject({
      status: 'COMPLETED',
      progress: { total: 2, finished: 2, percent: 100 },
      node_statuses: { start: 'COMPLETED', double: 'COMPLETED' },
      finished_at: expect.any(String),
    });
    const results = await api.http.get(`/api/v1/workflows/${id}/results`).expect(200);
    expect(results.body).toEqual({
      execution_id: id,
      status: 'COMPLETED',
      output: { result: 42 },
      outputs: { start: { n: 21 }, double: { value: 42 } },
    });
  });

  it('needs no body to trigger', async () => {
    const id = await api.submit(doubling);
    await api.http.post(`${prefix}/workflow/trigger/${id}`).expect(202);
    expect((await api.ended(id)).status).toBe('COMPLETED');
  });

  it('refuses a second trigger and says the actual status', async () => {
    const id = await api.run(doubling);
    await api.ended(id);
    const second = await api.http.post(`${prefix}/workflow/trigger/${id}`).send({}).expect(409);
    expect(second.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(second.body).toMatchObject({ code: 'WRONG_STATE', status: 409, execution_status: 'COMPLETED' });
  });
});

it('shows the status of 100,000 nodes', async () => {
  const id = await api.submit(wide(100_000));
  const status = await api.http.get(`/workflows/${id}`).expect(200);
  expect(Object.keys((status.body as { node_statuses: object }).node_statuses)).toHaveLength(100_000);
}, 30_000);
