import { afterEach, describe, expect, it } from '@jest/globals';
import type { Redis } from 'ioredis';

import { isRedisUrl, redisAt } from './redis-url';

describe('the URL of a Redis', () => {
  let redis: Redis | undefined;
  afterEach(() => redis?.disconnect());

  function optionsOf(url: string): Redis['options'] {
    redis = redisAt(url, { lazyConnect: true });
    return redis.options;
  }

  it.each([
    'redis://127.0.0.1:6379',
    'rediss://user:secret@redis.example:6380/2',
    'redis+sentinel://one:26379,two:26379,three:26379/mymaster',
    'redis+sentinel://one/my-master.1/3',
    'rediss+sentinel://:p%40ss@[::1]:26379,10.0.0.7/mymaster/',
    'redis+sentinel://one/mymaster?sentinel_username=watch&sentinel_password=a%26b',
  ])('may be %s', (url) => {
    expect(isRedisUrl(url)).toBe(true);
  });

  it.each([
    'localhost',
    'http://127.0.0.1:6379',
    'redis+sentinel://one:26379,two:26379',
    'redis+sentinel://one:26379,two:26379/',
    'redis+sentinel:///mymaster',
    'redis+sentinel://one,,two/mymaster',
    'redis+sentinel://one:99999/mymaster',
    'redis+sentinel://one:0/mymaster',
    'redis+sentinel://one:port/mymaster',
    'redis+sentinel://one/mymaster/first',
    'redis+sentinel://one/mymaster?tls=true',
    'redis+sentinel://user:%zz@one/mymaster',
  ])('is not %s', (url) => {
    expect(isRedisUrl(url)).toBe(false);
  });

  it('names the Sentinels, the master, its database, and who may log in where', () => {
    const url =
      'redis+sentinel://engine:p%40ss%2F1@one:26380,[::1],10.0.0.7:26381/mymaster/3' +
      '?sentinel_username=watch&sentinel_password=a%26b';
    expect(optionsOf(url)).toMatchObject({
      sentinels: [
        { host: 'one', port: 26_380 },
        { host: '::1', port: 26_379 },
        { host: '10.0.0.7', port: 26_381 },
      ],
      name: 'mymaster',
      role: 'master',
      db: 3,
      username: 'engine',
      password: 'p@ss/1',
      sentinelUsername: 'watch',
      sentinelPassword: 'a&b',
      enableTLSForSentinelMode: false,
    });
  });

  it('asks for TLS to servers and Sentinels', () => {
    expect(optionsOf('rediss+sentinel://one/mymaster')).toMatchObject({
      tls: {},
      sentinelTLS: {},
      enableTLSForSentinelMode: true,
    });
  });
});
