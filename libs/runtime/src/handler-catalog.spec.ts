import { beforeAll, describe, expect, it } from '@jest/globals';
import { type HandlerDescription, type SchemaValidator, silentLog } from '@workflow-engine/execution';

import { AnnouncedHandlerCatalog } from './handler-catalog';

const builtIn = { find: (name: string) => (name === 'http' ? { name } : undefined), names: () => ['http'] };
let schemas: SchemaValidator;

beforeAll(async () => {
  const { AjvSchemaValidator } = await import('@workflow-engine/json-schema');
  schemas = new AjvSchemaValidator();
});

/** What workers announced, told when the test wants. */
class Announcements {
  known: readonly HandlerDescription[] = [];
  reads = 0;
  private waiting: (() => void)[] = [];

  readonly read = async (): Promise<readonly HandlerDescription[]> => {
    this.reads += 1;
    const { known } = this;
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    return known;
  };

  async answer(): Promise<void> {
    while (this.waiting.length === 0) await Promise.resolve();
    this.waiting.shift()?.();
  }
}

function catalogOf(announcements: Announcements): AnnouncedHandlerCatalog {
  return new AnnouncedHandlerCatalog({ builtIn, announced: announcements.read, schemas, log: silentLog });
}

describe('the handler catalog', () => {
  it('knows the built-in handlers and the announced ones', async () => {
    const announcements = new Announcements();
    const catalog = catalogOf(announcements);
    const greet = { name: 'greet', queues: ['default'] };
    announcements.known = [greet, { name: 'http', queues: ['gpu'] }];
    const refreshed = catalog.refresh();
    await announcements.answer();
    expect(await refreshed).toBe(true);
    expect(catalog.find('greet')).toEqual(greet);
    expect(catalog.find('http')).toEqual({ name: 'http' });
    expect([...catalog.names()].sort()).toEqual(['greet', 'http']);
  });

  it('says when nothing is new', async () => {
    const announcements = new Announcements();
    const catalog = catalogOf(announcements);
    const refreshed = catalog.refresh();
    await announcements.answer();
    expect(await refreshed).toBe(false);
  });

  it('does not take a reading that began before for an answer, and shares the next one', async () => {
    const announcements = new Announcements();
    const catalog = catalogOf(announcements);
    const early = catalog.refresh();
    while (announcements.reads === 0) await Promise.resolve();
    announcements.known = [{ name: 'greet' }];
    const late = Array.from({ length: 100 }, () => catalog.refresh());
    await announcements.answer();
    await early;
    expect(catalog.find('greet')).toBeUndefined();
    await announcements.answer();
    expect(await Promise.all(late)).toEqual(late.map(() => true));
    expect(catalog.find('greet')).toBeDefined();
    expect(announcements.reads).toBe(2);
  });

  it('goes on after a reading that failed', async () => {
    const failures = [new Error('gone')];
    const announced = async (): Promise<readonly HandlerDescription[]> => {
      const failure = failures.pop();
      if (failure !== undefined) throw failure;
      return [{ name: 'greet' }];
    };
    const catalog = new AnnouncedHandlerCatalog({ builtIn, announced, schemas, log: silentLog });
    await expect(catalog.refresh()).rejects.toThrow('gone');
    expect(await catalog.refresh()).toBe(true);
  });

  it('keeps handlers for a while when Redis has lost them, and leaves out those without a usable schema', async () => {
    const tellings: HandlerDescription[][] = [
      [{ name: 'greet' }, { name: 'bad', configSchema: { type: 'objekt' } }],
      [],
    ];
    const announced = async () => tellings.shift() ?? [];
    const catalog = new AnnouncedHandlerCatalog({ builtIn, announced, schemas, log: silentLog });
    await catalog.refresh();
    await catalog.refresh();
    expect(catalog.names()).toEqual(['http', 'greet']);
  });
});
