import { describe, expect, it } from '@jest/globals';

import { readEnvironment } from './config';

describe('the configuration', () => {
  it('needs nothing but what differs from a Redis on this machine', () => {
    expect(readEnvironment({})).toMatchObject({
      PORT: 8002,
      REDIS_URL: 'redis://127.0.0.1:6379',
      PARTITIONS: 16,
      WORKER_CONCURRENCY: 64,
      WORKER_QUEUES: ['default'],
    });
    expect(readEnvironment({ WORKER_QUEUES: 'gpu, slow' }).WORKER_QUEUES).toEqual(['gpu', 'slow']);
  });

  it('is refused with every fault at once', () => {
    const env = { PORT: 'http', REDIS_URL: 'localhost', WORKER_CONCURRENCY: '0', OPENAI_BASE_URL: 'llm' };
    for (const name of Object.keys(env)) expect(() => readEnvironment(env)).toThrow(`${name} must be`);
  });
});
