import { describe, expect, it } from '@jest/globals';
import { builtInHandlers } from './built-in-handlers';
import { recordedContext } from './testing/recorded-context';
import { smallValidator } from './testing/small-validator';

describe('builtInHandlers', () => {
  it('are http, llm and noop, each with its schemas', async () => {
    const { handlers, close } = builtInHandlers({ llm: { schemas: smallValidator } });
    expect(handlers.map(({ name }) => name)).toEqual(['http', 'llm', 'noop']);
    for (const { configSchema, outputSchema } of handlers) {
      expect(configSchema?.type).toBe('object');
      expect(outputSchema?.additionalProperties).toBe(false);
    }
    await close();
  });

  it('have a noop that does nothing', async () => {
    const { handlers, close } = builtInHandlers({ llm: { schemas: smallValidator } });
    const noop = handlers.find(({ name }) => name === 'noop');
    expect(await noop?.run({ any: 'thing' }, recordedContext().context)).toEqual({});
    await close();
  });

  it('do not come about with faulty options', () => {
    expect(() =>
      builtInHandlers({ http: { allowHosts: ['http://x'] }, llm: { schemas: smallValidator } }),
    ).toThrow(/no host to allow/);
  });
});
