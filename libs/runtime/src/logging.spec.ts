import { describe, expect, it } from '@jest/globals';

import { createLogger, type LogLevel, NestLogger } from './logging';

function logged(level: LogLevel) {
  const lines: string[] = [];
  const logger = createLogger({ level, name: 'api', destination: { write: (line) => lines.push(line) } });
  return { logger, entries: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('the log', () => {
  it('is one JSON object per entry, with name, level, time, fields and message', () => {
    const { logger, entries } = logged('info');
    logger.child({ role: 'worker' }).info({ tasks: 3 }, 'claimed');
    logger.debug({}, 'not shown');
    expect(entries()).toMatchObject([
      { name: 'api', level: 'info', role: 'worker', tasks: 3, msg: 'claimed' },
    ]);
    expect(entries()[0]?.time).toMatch(/^\d{4}-.*Z$/);
  });

  it('is quiet when told to be', () => {
    const { logger, entries } = logged('silent');
    logger.error({ err: new Error('x') }, 'failed');
    expect(entries()).toEqual([]);
  });

  it('shows what matters of an error and nothing it carries along', () => {
    const { logger, entries } = logged('info');
    const error = Object.assign(new Error('boom', { cause: new Error('deeper') }), {
      code: 'BROKEN',
      body: 'x'.repeat(100_000),
    });
    logger.error({ err: error }, 'failed');
    expect(entries()).toMatchObject([
      { err: { type: 'Error', message: 'boom', code: 'BROKEN', cause: { message: 'deeper' } } },
    ]);
    expect(JSON.stringify(entries()).length).toBeLessThan(10_000);
  });

  it.each([undefined, null, 'a text', 7, { deep: {} }])('takes %j for an error, too', (err) => {
    const { logger, entries } = logged('info');
    logger.error({ err }, 'failed');
    expect(entries()).toHaveLength(1);
  });

  it('takes what Nest has to say: chatter as debug, errors with their stack', () => {
    const { logger, entries } = logged('debug');
    const nest = new NestLogger(logger);
    nest.log('mapped', 'Router');
    nest.error('failed', 'Error: failed\n at x', 'Injector');
    nest.warn('careful', 'Router');
    expect(entries()).toMatchObject([
      { level: 'debug', msg: 'mapped', context: 'Router' },
      { level: 'error', msg: 'failed', context: 'Injector', stack: 'Error: failed\n at x' },
      { level: 'warn', msg: 'careful', context: 'Router' },
    ]);
  });
});
