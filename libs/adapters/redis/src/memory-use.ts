import { infoField } from './connection/info-field';
import type { RedisConnection } from './connection/redis-connection';

/**
 * The share of its `maxmemory` that the fullest master uses, as the server counts when it decides whether to refuse
 * commands; 0 when memory is not limited. @throws UnavailableError
 */
export async function memoryUse(connection: RedisConnection): Promise<number> {
  const shares = (await connection.infoOfMasters('memory')).map((info) => {
    const bytes = (name: string): number => Number(infoField(info, name));
    const limit = bytes('maxmemory');
    return limit > 0 ? (bytes('used_memory') - bytes('mem_not_counted_for_evict')) / limit : 0;
  });
  return Math.max(0, ...shares);
}
