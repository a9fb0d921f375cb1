import { describe, expect, it } from '@jest/globals';

import { readEnvironment } from './config';

describe('the configuration', () => {
  it('needs nothing but the database', () => {
    expect(readEnvironment({ DATABASE_URL: 'postgres://db/wfe' })).toMatchObject({
      PORT: 8001,
      HOST: '127.0.0.1',
      REDIS_URL: 'redis://127.0.0.1:6379',
      PARTITIONS: 16,
      LEASE_MS: 5000,
      MIGRATIONS: 'run',
    });
  });

  it('is refused with every fault at once', () => {
    const env = { PORT: 'http', REDIS_URL: 'localhost', PARTITIONS: '0', LEASE_MS: '5 s', MIGRATIONS: 'no' };
    for (const name of Object.keys(env)) expect(() => readEnvironment(env)).toThrow(`${name} must be`);
    expect(() => readEnvironment(env)).toThrow('DATABASE_URL is required');
  });
});
