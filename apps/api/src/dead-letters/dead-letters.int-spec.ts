import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DeadLetter, Page } from '@workflow-engine/contracts';

import { type ApiUnderTest, bodyOf, newRecord, startApi } from '../../testing/api-under-test';
import { failing } from '../../testing/definitions';

let api: ApiUnderTest;

beforeEach(async () => {
  api = await startApi();
});

afterEach(() => api.stop());

const base = '/api/v1/dead-letters';

/** Archived a moment after the execution has failed. */
async function letters(count: number): Promise<readonly DeadLetter[]> {
  for (let attempt = 0; attempt < 500; attempt++) {
    const { items } = (await api.http.get(base).expect(200)).body as Page<DeadLetter>;
    if (items.length === count) return items;
  }
  throw new Error(`there are not ${count} dead letters`);
}

describe('dead letters', () => {
  it('are listed, and a retry revives the execution', async () => {
    const id = await api.run(failing);
    await api.ended(id);
    const [letter] = await letters(1);
    expect(letter).toMatchObject({
      execution_id: id,
      name: failing.name,
      node_id: 'bad',
      handler: 'broken',
      error: { code: 'BROKEN' },
      attempts: expect.any(Number),
    });
    expect((await api.http.get(`${base}/${letter?.id}`).expect(200)).body).toEqual(letter);
    api.handlers.repair();
    const retried = await api.http.post(`${base}/${letter?.id}/retry`).expect(200);
    expect(retried.body).toMatchObject({ execution_id: id });
    expect((await api.ended(id)).status).toBe('COMPLETED');
    await letters(0);
  });

  it('are discarded once, and the execution stays failed', async () => {
    const id = await api.run(failing);
    await api.ended(id);
    const [letter] = await letters(1);
    await api.http.delete(`${base}/${letter?.id}`).expect(204);
    expect((await api.http.delete(`${base}/${letter?.id}`).expect(404)).body).toMatchObject({
      code: 'DEAD_LETTER_NOT_FOUND',
    });
    await api.http.post(`${base}/${letter?.id}/retry`).expect(404);
    await api.http.get(`${base}/${letter?.id}`).expect(404);
    expect((await api.ended(id)).status).toBe('FAILED');
    await letters(0);
  });

  describe('of parked tasks', () => {
    // Nobody serves the queue, and after a restart nobody knows whether somebody did.
    const parking = {
      name: 'parking',
      dag: { nodes: [{ id: 'pay', handler: 'echo', queue: 'nobody', on_uncertain: 'park' }] },
    };

    async function parked(): Promise<{ readonly id: string; readonly letter: DeadLetter | undefined }> {
      await api.stop();
      const record = newRecord();
      api = await startApi({ record });
      const id = await api.run(parking);
      await api.stop();
      api = await startApi({ record });
      const [letter] = await letters(1);
      expect(letter).toMatchObject({ execution_id: id, node_id: 'pay', error: { code: 'UNCERTAIN' } });
      expect(await nodeOf(id)).toMatchObject({ status: 'PARKED', error: { code: 'UNCERTAIN' } });
      return { id, letter };
    }

    const nodeOf = async (id: string): Promise<unknown> =>
      bodyOf(await api.http.get(`/api/v1/workflows/${id}/nodes/pay`).expect(200));

    it('are retried while their execution goes on', async () => {
      const { id, letter } = await parked();
      const retried = await api.http.post(`${base}/${letter?.id}/retry`).expect(200);
      expect(retried.body).toMatchObject({ status: 'RUNNING', node_statuses: { pay: 'SCHEDULED' } });
      await letters(0);
      const journal = await api.http.get(`/api/v1/workflows/${id}/events`).expect(200);
      expect(JSON.stringify(bodyOf(journal))).toContain('"by":"retry"');
    });

    it('are discarded, and their node fails', async () => {
      const { id, letter } = await parked();
      await api.http.delete(`${base}/${letter?.id}`).expect(204);
      expect(await api.ended(id)).toMatchObject({ status: 'FAILED', error: { code: 'UNCERTAIN' } });
      await letters(0);
    });
  });

  it('are paged', async () => {
    for (let index = 0; index < 3; index++) await api.ended(await api.run(failing));
    const all = await letters(3);
    const first = (await api.http.get(`${base}?limit=2`).expect(200)).body as Page<DeadLetter>;
    expect(first.items).toEqual(all.slice(0, 2));
    const rest = await api.http.get(`${base}?limit=2&cursor=${encodeURIComponent(first.next_cursor ?? '')}`);
    expect(rest.body).toEqual({ items: all.slice(2), next_cursor: null });
    expect((await api.http.get(`${base}?cursor=x`).expect(400)).body).toMatchObject({
      code: 'INVALID_CURSOR',
    });
    await api.http.get(`${base}?limit=x`).expect(400);
  });
});
