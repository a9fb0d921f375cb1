import { describe, expect, it } from '@jest/globals';
import { UnavailableError } from '@workflow-engine/execution';
import { newId } from '@workflow-engine/execution/testing';

import { sentinelUrl } from '../testing/failovers';
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

  it('says that no Sentinel is there, or none knows the master', async () => {
    const nobody = connectRedis({ url: 'redis+sentinel://127.0.0.1:1/mymaster', partitions: 4 });
    await expect(nobody).rejects.toThrow(UnavailableError);
    await expect(nobody).rejects.toThrow('"mymaster" by the Sentinels 127.0.0.1:1');
    const url = sentinelUrl.replace(/\w+$/, 'another');
    const unknown = connectRedis({ url, partitions: 4 });
    await expect(unknown).rejects.toThrow(UnavailableError);
    await expect(unknown).rejects.toThrow(/"another" by the Sentinels .* No such master with that name/);
  });

  it('says what a URL must be', async () => {
    const connecting = connectRedis({ url: 'redis+sentinel://127.0.0.1', partitions: 4 });
    await expect(connecting).rejects.toMatchObject({ code: 'INVALID_REDIS_URL' });
    await expect(connecting).rejects.toThrow('host1:26379,host2:26379/name-of-the-master');
  });
});
