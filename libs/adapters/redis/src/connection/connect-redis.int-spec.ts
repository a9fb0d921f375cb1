import { describe, expect, it } from '@jest/globals';
import { UnavailableError } from '@workflow-engine/execution';
import { newId } from '@workflow-engine/execution/testing';

import { servers } from '../testing/hot-ports-under-test';
import { connectRedis } from './connect-redis';

describe('connecting', () => {
  it('refuses a Redis that evicts keys', async () => {
    const connecting = connectRedis({ url: process.env.TEST_REDIS_EVICTING_URL ?? '', partitions: 4 });
    await expect(connecting).rejects.toMatchObject({ code: 'REDIS_EVICTS_KEYS' });
    await expect(connecting).rejects.toThrow('maxmemory-policy allkeys-lru');
  });

  it.each(Object.values(servers))(
    'refuses another number of partitions than at the first start',
    async (url) => {
      const prefix = newId();
      const first = await connectRedis({ url, partitions: 8, prefix });
      const connecting = connectRedis({ url, partitions: 16, prefix });
      await expect(connecting).rejects.toMatchObject({ code: 'WRONG_PARTITION_COUNT' });
      await expect(connecting).rejects.toThrow('8 partitions, not 16');
      await (await connectRedis({ url, partitions: 8, prefix })).close();
      await first.close();
    },
  );

  it('says that nobody is there', async () => {
    const connecting = connectRedis({ url: 'redis://127.0.0.1:1', partitions: 4 });
    await expect(connecting).rejects.toThrow(UnavailableError);
  });
});
