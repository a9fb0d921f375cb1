import { once } from 'node:events';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JournalEvent, Page } from '@workflow-engine/contracts';

import { type ApiUnderTest, bodyOf, startApi } from '../../testing/api-under-test';
import { doubling, gated } from '../../testing/definitions';
import { EventSourceClient } from '../../testing/event-source';

let api: ApiUnderTest;

beforeAll(async () => {
  api = await startApi({ config: { keepAliveMs: 20 } });
});

afterAll(() => api.stop());

const eventsOf = (id: string) => `/api/v1/workflows/${id}/events`;
const page = async (id: string, query = '') => {
  const body = bodyOf(await api.http.get(`${eventsOf(id)}${query}`).expect(200));
  return body as Page<JournalEvent>;
};

describe('the journal in pages', () => {
  it('tells everything in order', async () => {
    const id = await api.run(doubling, { n: 2 });
    await api.ended(id);
    const { items, next_cursor: next } = await page(id);
    expect(items[0]).toMatchObject({ seq: 1, type: 'ExecutionStarted', input: { n: 2 } });
    expect(items.at(-1)).toMatchObject({ type: 'ExecutionCompleted', output: { result: 4 } });
    expect(items.map((event) => event.seq)).toEqual(items.map((_, index) => index + 1));
    expect(next).toBeNull();
  });

  it('pages with after and limit', async () => {
    const id = await api.run(doubling);
    await api.ended(id);
    const all = (await page(id)).items;
    const first = await page(id, '?limit=2');
    expect(first).toEqual({ items: all.slice(0, 2), next_cursor: '2' });
    expect((await page(id, `?after=${first.next_cursor}&limit=1000`)).items).toEqual(all.slice(2));
    expect(await page(id, `?after=${all.length}`)).toEqual({ items: [], next_cursor: null });
  });

  it('is empty before the trigger', async () => {
    expect((await page(await api.submit(doubling))).items).toEqual([]);
  });

  it.each(['?after=-1', '?after=x', '?limit=0', '?since=2026-01-01'])('refuses %s', async (query) => {
    const body = bodyOf(await api.http.get(`${eventsOf(await api.submit(doubling))}${query}`).expect(400));
    expect(body).toMatchObject({ code: 'INVALID_REQUEST' });
  });
});

describe('the journal live', () => {
  it('tells what was, then what happens, and ends with the execution', async () => {
    const own = await startApi();
    const id = await own.run(gated);
    const client = await EventSourceClient.open(`${own.url}${eventsOf(id)}`);
    expect(client.response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(client.response.headers['cache-control']).toContain('no-store');
    await client.until(({ types }) => types.includes('NodeScheduled'));
    expect(client.types).not.toContain('ExecutionCompleted');
    own.handlers.release('gate');
    await client.end();
    expect(client.types.at(-1)).toBe('ExecutionCompleted');
    expect(client.events.map(({ id: eventId }) => eventId)).toEqual(
      client.events.map((_, index) => String(index + 1)),
    );
    await own.stop();
  });

  it('goes on behind Last-Event-ID, without gaps or repetitions', async () => {
    const own = await startApi();
    const id = await own.run(gated);
    const first = await EventSourceClient.open(`${own.url}${eventsOf(id)}`);
    await first.until(({ types }) => types.includes('NodeScheduled'));
    first.hangUp();
    const lastId = first.events.at(-1)?.id ?? '';
    const second = await EventSourceClient.open(`${own.url}${eventsOf(id)}`, { 'last-event-id': lastId });
    own.handlers.release('gate');
    await second.end();
    const journal = await own.http.get(`${eventsOf(id)}?limit=1000`).expect(200);
    const told = [...first.events, ...second.events].map(({ event }) => event);
    expect(told).toEqual((journal.body as Page<JournalEvent>).items);
    await own.stop();
  });

  it('answers 204 when there will be nothing more, so that browsers stop asking', async () => {
    const id = await api.run(doubling);
    await api.ended(id);
    const client = await EventSourceClient.open(`${api.url}${eventsOf(id)}`);
    await client.end();
    await api.http
      .get(eventsOf(id))
      .set('Accept', 'text/event-stream')
      .set('Last-Event-ID', client.events.at(-1)?.id ?? '')
      .expect(204);
  });

  it('shows that a silent stream is alive', async () => {
    const id = await api.run(gated);
    const client = await EventSourceClient.open(`${api.url}${eventsOf(id)}`);
    await client.until(({ comments }) => comments.includes(': keep-alive'));
    client.hangUp();
  });

  it('stops following when the client hangs up', async () => {
    let followed: AbortSignal | undefined;
    const own = await startApi({
      sabotage: (engine) => ({
        follow: (id, after, signal) => engine.follow(id, after, (followed = signal)),
      }),
    });
    const id = await own.run(gated);
    const client = await EventSourceClient.open(`${own.url}${eventsOf(id)}`);
    await client.until(({ events }) => events.length > 0);
    client.hangUp();
    if (followed?.aborted === false) await once(followed, 'abort');
    expect(followed?.aborted).toBe(true);
    await own.stop();
  });

  it('waits for slow readers instead of buffering for them', async () => {
    let told = 0;
    const big = 'x'.repeat(64 * 1_024);
    const own = await startApi({
      sabotage: () => ({
        follow: async function* follow(_id: string, _after: number, signal: AbortSignal) {
          for (let seq = 1; !signal.aborted; seq++) {
            told = seq;
            yield [{ seq, at: '2026-01-01T00:00:00.000Z', type: 'ExecutionCompleted' as const, output: big }];
            await new Promise((resolve) => setImmediate(resolve));
          }
        },
      }),
    });
    const id = await own.run(gated);
    const client = await EventSourceClient.open(`${own.url}${eventsOf(id)}`);
    await client.until(({ events }) => events.length > 2);
    client.response.pause();
    let before = -1;
    while (before !== told) {
      before = told;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    // The sockets' own buffers, nothing that grows.
    expect(told * big.length).toBeLessThan(64 * 1_024 * 1_024);
    client.hangUp();
    await own.stop();
  }, 20_000);

  it('ends on shutdown', async () => {
    const own = await startApi();
    const id = await own.run(gated);
    const client = await EventSourceClient.open(`${own.url}${eventsOf(id)}`);
    await client.until(({ events }) => events.length > 0);
    await own.app.close();
    await client.end();
    expect(client.response.complete).toBe(true);
    await own.stop();
  });

  it('refuses unknown executions and broken positions before it starts', async () => {
    const unknown = '01900000-0000-7000-8000-000000000000';
    const missing = await api.http.get(eventsOf(unknown)).set('Accept', 'text/event-stream').expect(404);
    expect(missing.body).toMatchObject({ code: 'EXECUTION_NOT_FOUND' });
    const id = await api.submit(doubling);
    const broken = await api.http
      .get(eventsOf(id))
      .set('Accept', 'text/event-stream')
      .set('Last-Event-ID', 'seven')
      .expect(400);
    expect(broken.body).toMatchObject({ errors: [{ parameter: 'Last-Event-ID' }] });
  });
});
