import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { inMemoryRecord } from '../../testing/engines';
import type { InMemoryRecord } from '../../testing/engines';
import { remembering } from '../../testing/remembering';
import { control, workflowOf } from '../../testing/workflows';
import { createEmbeddedEngine } from '../embedded/embedded-engine';
import type { EmbeddedEngine } from '../embedded/embedded-engine';
import { InvalidDocumentError } from '../errors';
import { systemClock } from '../in-memory/system';

/** What takes this number and no other one. */
const taking = (n: number) => ({
  ...workflowOf([control('a', 'noop')], { input_schema: { const: { n } } }),
  name: 'w',
});

describe('start, while other processes register versions', () => {
  let record: InMemoryRecord;
  let engine: EmbeddedEngine;
  let lookups: number;

  beforeEach(async () => {
    record = inMemoryRecord(systemClock);
    lookups = 0;
    const definitions = Object.create(record.definitions) as typeof record.definitions;
    definitions.findByName = (name, version) => {
      lookups += 1;
      return record.definitions.findByName(name, version);
    };
    engine = createEmbeddedEngine({
      ...record,
      definitions: remembering(definitions),
      handlers: [],
      schemas: {
        check: (schema, value) => {
          const fits = JSON.stringify(schema.const) === JSON.stringify(value);
          return fits ? [] : [{ code: 'SCHEMA', pointer: '', message: 'is another one' }];
        },
        checkSchema: () => [],
      },
      graceMs: 0,
    });
    await engine.start();
    await record.definitions.register(taking(1));
  });
  afterEach(() => engine.stop());

  async function versionsStarted(...requests: { n: number; version?: number }[]): Promise<number[]> {
    const started = await engine.api.start(
      'w',
      requests.map(({ n, ...request }) => ({ input: { n }, ...request })),
    );
    return started.map(({ execution }) => execution.version);
  }

  it('looks the newest one up once', async () => {
    for (let n = 0; n < 3; n++) expect(await versionsStarted({ n: 1 }, { n: 1 })).toEqual([1, 1]);
    expect(lookups).toBe(1);
  });

  it('takes the newest one, though another one was known', async () => {
    await versionsStarted({ n: 1 });
    await record.definitions.register({ ...taking(1), description: 'the same input' });
    expect(await versionsStarted({ n: 1 }, { n: 1 })).toEqual([2, 2]);
    expect(await versionsStarted({ n: 1, version: 1 }, { n: 1 })).toEqual([1, 2]);
  });

  it('judges the input by the newest one', async () => {
    await versionsStarted({ n: 1 });
    await record.definitions.register(taking(2));
    expect(await versionsStarted({ n: 2 })).toEqual([2]);
    await record.definitions.register(taking(3));
    await expect(engine.api.start('w', [{ input: { n: 2 } }])).rejects.toThrow(InvalidDocumentError);
    const { items } = await engine.api.search({ name: 'w' }, { limit: 10 });
    expect(items.map(({ version }) => version)).toEqual([2, 1]);
  });
});
