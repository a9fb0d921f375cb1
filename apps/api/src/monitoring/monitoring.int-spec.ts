import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Queues, Statistics, Workers } from '@workflow-engine/contracts';
import { UnavailableError } from '@workflow-engine/execution';

import { type ApiUnderTest, startApi } from '../../testing/api-under-test';
import { doubling, failing, gated } from '../../testing/definitions';

let api: ApiUnderTest;

beforeEach(async () => {
  api = await startApi();
});

afterEach(() => api.stop());

/** Workers tell what they do every two seconds. */
const PATIENCE_MS = 20_000;

/** What a path answers, once it is what is hoped for. */
async function eventually<T>(path: string, isHopedFor: (answer: T) => boolean): Promise<T> {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline;) {
    const answer = (await api.http.get(path).expect(200)).body as T;
    if (isHopedFor(answer)) return answer;
  }
  throw new Error(`${path} does not get there`);
}

const sum = (statistics: Statistics, what: 'started' | 'completed' | 'failed'): number =>
  statistics.intervals.reduce((total, interval) => total + interval[what], 0);

describe('the statistics', () => {
  it('tell what there is, and what started and ended lately', async () => {
    await api.submit(doubling);
    await api.ended(await api.run(doubling));
    await api.ended(await api.run(failing));
    await api.run(gated);

    const statistics = await eventually<Statistics>(
      '/api/v1/statistics',
      (answer) => sum(answer, 'started') === 3 && answer.executions.FAILED === 1,
    );
    expect(statistics.executions).toMatchObject({ PENDING: 1, RUNNING: 1, COMPLETED: 1, FAILED: 1 });
    expect(statistics.dead_letters).toBe(1);
    expect([sum(statistics, 'completed'), sum(statistics, 'failed')]).toEqual([1, 1]);
    const withDuration = statistics.intervals.filter(({ p50_ms: ms }) => ms !== null);
    expect(withDuration).toMatchObject([{ completed: 1, p95_ms: withDuration[0]?.p50_ms }]);
  });

  it('cut the window into equal intervals, of which the last one is under way', async () => {
    const look = async (query: string): Promise<Statistics> =>
      (await api.http.get(`/api/v1/statistics${query}`).expect(200)).body as Statistics;
    const hour = await look('');
    expect(hour.intervals).toHaveLength(60);
    expect(hour.intervals[0]?.start).toBe(hour.since);
    expect(Date.parse(hour.until) - Date.parse(hour.since)).toBe(3_600_000);
    expect(Date.parse(hour.intervals[1]?.start ?? '') - Date.parse(hour.since)).toBe(60_000);
    expect(Date.parse(hour.until)).toBeGreaterThan(Date.now() - 1_000);

    expect((await look('?window=PT1M')).intervals).toHaveLength(6);
    expect((await look('?window=PT0S')).intervals).toHaveLength(1);
    expect((await look('?window=86400')).intervals).toHaveLength(60);
    for (const window of ['P2D', 'PT', 'hour', '-5']) {
      const refused = await api.http.get(`/api/v1/statistics?window=${window}`).expect(400);
      expect(refused.body).toMatchObject({ code: 'INVALID_REQUEST', errors: [{ parameter: 'window' }] });
    }
  });
});

describe('queues and workers', () => {
  it('show what waits, what is in work, and who does it', async () => {
    await api.run(gated);
    const lonely = { name: 'lonely', dag: { nodes: [{ id: 'a', handler: 'echo', queue: 'nobody' }] } };
    await api.run(lonely);

    const { items } = await eventually<Queues>(
      '/api/v1/queues',
      ({ items: [first, second] }) => first?.in_progress === 1 && second?.waiting === 1,
    );
    expect(items).toEqual([
      { name: 'default', waiting: 0, in_progress: 1, oldest_waiting_ms: null, workers: 1 },
      { name: 'nobody', waiting: 1, in_progress: 0, oldest_waiting_ms: expect.any(Number), workers: 0 },
    ]);
    await eventually<Queues>('/api/v1/queues', (queues) => queues.archive_lag === 0);
    const workers = await eventually<Workers>(
      '/api/v1/workers',
      ({ items: [one] }) => one?.in_progress === 1,
    );
    expect(workers.items).toMatchObject([
      {
        id: 'embedded',
        queues: ['default'],
        handlers: ['broken', 'echo', 'gate'],
        concurrency: 64,
        tasks: [{ node_id: expect.any(String), handler: 'gate' }],
      },
    ]);
  });
});

it('each says when its store is away, whatever happens to the other', async () => {
  const away = () => Promise.reject(new UnavailableError('Redis is away'));
  const own = await startApi({ sabotage: () => ({ queues: away, workers: away }) });
  await own.http.get('/api/v1/statistics').expect(200);
  for (const path of ['queues', 'workers']) {
    const refused = await own.http.get(`/api/v1/${path}`).expect(503);
    expect(refused.body).toMatchObject({ code: 'UNAVAILABLE' });
  }
  await own.stop();
});
