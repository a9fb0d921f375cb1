import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, describe, expect, it } from '@jest/globals';

import { RedisHandlerDirectory } from './redis-handler-directory';
import { type HotPortsUnderTest, hotPortsOn, servers } from './testing/hot-ports-under-test';

const configSchema = { type: 'object', required: ['name'] };

describe.each([
  ['one server', servers.redis],
  ['a cluster', servers.cluster],
])('the directory of handlers on %s', (_name, url) => {
  let hot: HotPortsUnderTest;
  afterEach(() => hot.close());

  async function directory(rememberedMs?: number): Promise<RedisHandlerDirectory> {
    hot = await hotPortsOn(url);
    return new RedisHandlerDirectory(hot.connection, rememberedMs);
  }

  it('knows what workers announced, with all of their queues', async () => {
    const handlers = await directory();
    expect(await handlers.known()).toEqual([]);

    await handlers.announce({ handlers: [{ name: 'a:b/c' }], queues: ['default'], since: 1 });
    await handlers.announce({
      handlers: [{ name: 'greet', configSchema }, { name: 'wave' }],
      queues: ['hands', 'default'],
      since: 2,
    });

    expect(byName(await handlers.known())).toEqual([
      { name: 'a:b/c', queues: ['default'] },
      { name: 'greet', configSchema, queues: ['default', 'hands'] },
      { name: 'wave', queues: ['default', 'hands'] },
    ]);
  });

  it('takes the description of the worker that started last, however often the others renew theirs', async () => {
    const handlers = await directory();
    const [old, young] = [1000, 2000].map((since) => ({
      handlers: [{ name: 'greet', configSchema: { title: `since ${since}` } }],
      queues: [`q${since}`, 'both'],
      since,
    }));
    if (old === undefined || young === undefined) throw new Error('two of them');
    await handlers.announce(young);
    await handlers.announce(old);
    expect(await handlers.known()).toEqual([
      { name: 'greet', configSchema: { title: 'since 2000' }, queues: ['both', 'q1000', 'q2000'] },
    ]);
  });

  it('forgets a handler that is not announced any more, and then an older worker describes it', async () => {
    const handlers = await directory(50);
    await handlers.announce({ handlers: [{ name: 'greet', configSchema }], queues: ['default'], since: 2 });
    expect(await handlers.known()).toHaveLength(1);
    await sleep(100);
    expect(await handlers.known()).toEqual([]);

    const lasting = new RedisHandlerDirectory(hot.connection);
    await lasting.announce({ handlers: [{ name: 'greet' }], queues: ['default'], since: 1 });
    expect(await lasting.known()).toEqual([{ name: 'greet', queues: ['default'] }]);
  });

  it('leaves out what it cannot read', async () => {
    const handlers = await directory();
    const { connection } = hot;
    await handlers.announce({ handlers: [{ name: 'greet' }], queues: ['default'], since: 1 });
    await connection.send(
      'HSET',
      connection.keys.handlers,
      'default/bad',
      `1:${Date.now() + 60_000}:{`,
      'x',
      'y',
    );
    expect(await handlers.known()).toEqual([{ name: 'greet', queues: ['default'] }]);
  });
});

function byName<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  return [...items].sort((a, b) => (a.name < b.name ? -1 : 1));
}
