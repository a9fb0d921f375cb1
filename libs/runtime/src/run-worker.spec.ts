import { describe, expect, it } from '@jest/globals';

import { readWorkerEnvironment, startWorker } from './run-worker';

describe('the configuration', () => {
  it('needs nothing but what differs from a Redis on this machine', () => {
    expect(readWorkerEnvironment({})).toMatchObject({
      PORT: 8002,
      REDIS_URL: 'redis://127.0.0.1:6379',
      PARTITIONS: 16,
      WORKER_CONCURRENCY: 64,
      WORKER_QUEUES: ['default'],
      GRACE_MS: 5000,
      OTEL_EXPORTER_OTLP_ENDPOINT: undefined,
    });
    expect(readWorkerEnvironment({ WORKER_QUEUES: 'gpu, slow' }).WORKER_QUEUES).toEqual(['gpu', 'slow']);
  });

  it('is refused with every fault at once', () => {
    const env = { PORT: 'http', REDIS_URL: 'localhost', WORKER_CONCURRENCY: '0', OPENAI_BASE_URL: 'llm' };
    for (const name of Object.keys(env)) expect(() => readWorkerEnvironment(env)).toThrow(`${name} must be`);
  });
});

describe('the handlers of a worker', () => {
  it('are refused with every fault at once', async () => {
    const run = () => null;
    const starting = startWorker({
      env: {},
      handlers: [
        { name: 'http', run },
        { name: 'transform', run },
        { name: 'greet', run },
        { name: 'greet', configSchema: { type: 'objekt' }, run },
        { name: 'two words', run },
      ],
    });
    await expect(starting).rejects.toMatchObject({
      code: 'INVALID_HANDLERS',
      faults: [
        expect.stringContaining('"http" is the name of a built-in one'),
        expect.stringContaining('"transform" is the name of a built-in one'),
        expect.stringContaining('"greet" is there twice'),
        expect.stringContaining('"greet": its configSchema is no JSON Schema'),
        expect.stringContaining('"two words": a name is'),
      ],
    });
  });
});
