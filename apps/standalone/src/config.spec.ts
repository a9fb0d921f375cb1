import { describe, expect, it } from '@jest/globals';

import { readCommandLine, readEnvironment } from './config';

describe('readCommandLine', () => {
  it('stands for the environment variables, which it overrides', () => {
    const { env, demo } = readCommandLine(['--port', '9000', '--data=/srv/data', '--demo']);
    expect(env).toEqual({ PORT: '9000', DATA_DIR: '/srv/data' });
    expect(demo).toBe(true);
    expect(readEnvironment({ PORT: '7000', ...env })).toMatchObject({ PORT: 9000, DATA_DIR: '/srv/data' });
  });

  it('is quiet without flags', () => {
    expect(readCommandLine([])).toEqual({ env: {}, demo: false, help: false });
  });

  it.each([[['--prot', '9000']], [['serve']], [['--port']]])('refuses %j by name', (args) => {
    const [first = ''] = args;
    expect(() => readCommandLine(args)).toThrow(first);
  });
});

describe('readEnvironment', () => {
  it('has a default for everything', () => {
    expect(readEnvironment({})).toMatchObject({
      PORT: 8000,
      HOST: '127.0.0.1',
      DATA_DIR: './.data',
      RATE_LIMIT_MAX: 0,
      MAX_BODY_BYTES: 16 * 1024 * 1024,
      LOG_LEVEL: 'info',
    });
  });

  it('tells every fault at once, by variable', () => {
    const env = {
      PORT: '99999',
      WORKER_CONCURRENCY: 'many',
      OPENAI_BASE_URL: 'ftp://models.example.com',
      RATE_LIMIT_MAX: '-1',
      LOG_LEVEL: 'loud',
    };
    for (const name of Object.keys(env)) expect(() => readEnvironment(env)).toThrow(`${name} must be`);
  });

  it('takes lists apart', () => {
    const { HTTP_ALLOW_HOSTS } = readEnvironment({ HTTP_ALLOW_HOSTS: 'localhost:8099, 10.0.0.7 ,' });
    expect(HTTP_ALLOW_HOSTS).toEqual(['localhost:8099', '10.0.0.7']);
  });
});
