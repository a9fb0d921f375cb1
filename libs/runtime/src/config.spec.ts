import { describe, expect, it } from '@jest/globals';

import { InvalidConfigError, list, oneOf, optional, readConfig, text, url, wholeNumber } from './config';

const settings = {
  PORT: wholeNumber({ min: 1, max: 65_535 }, 8_000),
  LOG_LEVEL: oneOf(['debug', 'info'], 'info'),
  HOSTS: list([]),
  DATABASE_URL: url(['postgres:', 'postgresql:']),
  NAME: text('engine'),
  TOKEN: optional(text()),
};

describe('readConfig', () => {
  it('parses what is there and falls back where nothing is', () => {
    const config = readConfig(
      { PORT: '9000', HOSTS: ' a, b:80 ,', DATABASE_URL: 'postgres://db/x', NAME: '' },
      settings,
    );
    expect(config).toEqual({
      PORT: 9_000,
      LOG_LEVEL: 'info',
      HOSTS: ['a', 'b:80'],
      DATABASE_URL: 'postgres://db/x',
      NAME: 'engine',
      TOKEN: undefined,
    });
  });

  it('tells everything that is wrong at once, without the values', () => {
    const env = { PORT: '80000', LOG_LEVEL: 'loud', DATABASE_URL: 'mysql://user:secret@db' };
    const read = () => readConfig(env, settings);
    expect(read).toThrow(InvalidConfigError);
    expect(read).toThrow(/PORT must be a whole number from 1 to 65535/);
    expect(read).toThrow(/LOG_LEVEL must be one of debug, info/);
    expect(read).toThrow(/DATABASE_URL must be a URL starting with postgres:\/\//);
    expect(read).not.toThrow(/secret/);
  });

  it.each(['', '   ', undefined])('takes %j as missing', (value) => {
    expect(() => readConfig({ DATABASE_URL: value }, settings)).toThrow(/DATABASE_URL is required/);
  });

  it.each(['1.5', '1e3', '0x10', 'NaN', '-1', '99999999999999999999'])('takes %s for no port', (PORT) => {
    expect(() => readConfig({ PORT, DATABASE_URL: 'postgres://db' }, settings)).toThrow(/PORT must be/);
  });
});
