import type { Log } from '@workflow-engine/execution';
import { silentLog, UnavailableError } from '@workflow-engine/execution';
import { Cluster, Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';

import { UnfitRedisError, portError } from '../errors';
import { Keys } from '../keys';
import { infoField } from './info-field';
import { RedisConnection } from './redis-connection';

export interface ConnectRedisOptions {
  /** `redis://` or `rediss://`; of a cluster, any node. */
  readonly url: string;
  /** Fixed for the life of a deployment. */
  readonly partitions: number;
  /** Before every key, so that deployments can share a server. Default: `wfe`. */
  readonly prefix?: string;
  /** Longest blocking read, in milliseconds. Default: 5,000. */
  readonly maxBlockMs?: number;
  /** A blocking read that is overdue by this much never returns; its connection is replaced. Default: 3,000. */
  readonly overdueMs?: number;
  /** A command without a reply for so long has failed, in milliseconds. Default: 10,000. */
  readonly commandTimeoutMs?: number;
  readonly log?: Log;
}

const OLDEST_MAJOR_VERSION = 7;

/**
 * Connects, and makes sure that this Redis can be relied on.
 * @throws UnfitRedisError when it evicts keys, is too old, or belongs to a deployment with other partitions
 * @throws UnavailableError when it cannot be reached
 */
export async function connectRedis(options: ConnectRedisOptions): Promise<RedisConnection> {
  const first = new Redis(options.url, { ...policy(options), lazyConnect: true, retryStrategy: () => null });
  let reason = 'no connection';
  first.on('error', ({ message }) => (reason = message));
  try {
    await first.connect().catch((cause: unknown) => {
      throw unreachable(first, reason, cause);
    });
    const info = await first.info();
    if (!/^cluster_enabled:1/m.test(info)) {
      first.disconnect();
      return await checked(options, new Redis(options.url, policy(options)));
    }
    const { host = '127.0.0.1', port = 6379, username, password, tls } = first.options;
    const cluster = new Cluster([{ host, port }], {
      enableAutoPipelining: true,
      slotsRefreshInterval: 5000,
      clusterRetryStrategy: (times) => Math.min(50 * 2 ** times, 1000),
      redisOptions: {
        ...policy(options),
        ...(username != null && { username }),
        ...(password != null && { password }),
        ...(tls != null && { tls }),
      },
    });
    first.disconnect();
    return await checked(options, cluster);
  } catch (error) {
    first.disconnect();
    throw portError(error);
  }
}

/** ioredis says only that the connection is closed. The address is told without user and password. */
function unreachable({ options: { host, port } }: Redis, reason: string, cause: unknown): UnavailableError {
  return new UnavailableError(
    `cannot reach Redis at ${host ?? 'localhost'}:${port ?? 6379} (${reason}). Is the server up, and are host, port and password right?`,
    { cause },
  );
}

/** How connections behave: they reconnect for ever, but a command fails after a few attempts. */
function policy({ commandTimeoutMs = 10_000 }: ConnectRedisOptions) {
  return {
    protocol: 2,
    enableAutoPipelining: true,
    maxRetriesPerRequest: 3,
    retryStrategy: (times: number) => Math.min(50 * 2 ** (times - 1), 1000),
    connectTimeout: 5000,
    commandTimeout: commandTimeoutMs,
    disableClientInfo: true,
  } satisfies RedisOptions;
}

async function checked(options: ConnectRedisOptions, commands: Redis | Cluster): Promise<RedisConnection> {
  const { partitions, prefix = 'wfe', log = silentLog, maxBlockMs = 5000, overdueMs = 3000 } = options;
  const keys = new Keys(prefix, partitions);
  const connection = new RedisConnection(commands, keys, { log, maxBlockMs, overdueMs });
  try {
    for (const info of await connection.infoOfMasters()) assertFit(info);
    await assertPartitions(connection, keys);
    return connection;
  } catch (error) {
    await connection.close();
    throw portError(error);
  }
}

function assertFit(info: string): void {
  const version = infoField(info, 'redis_version');
  if (Number.parseInt(version, 10) < OLDEST_MAJOR_VERSION) {
    throw new UnfitRedisError(
      'REDIS_TOO_OLD',
      `Redis ${version} is too old: use Redis ${OLDEST_MAJOR_VERSION} or later, or Valkey.`,
    );
  }
  const evicts = infoField(info, 'maxmemory_policy');
  if (evicts !== 'noeviction' && evicts !== '') {
    throw new UnfitRedisError(
      'REDIS_EVICTS_KEYS',
      `Redis may drop the engine's keys when memory runs short (maxmemory-policy ${evicts}). ` +
        'Set "maxmemory-policy noeviction", or give the engine a Redis of its own.',
    );
  }
}

async function assertPartitions(connection: RedisConnection, keys: Keys): Promise<void> {
  const known = await connection.send('GET', keys.partitionCount);
  // A server that is full takes no values, but those who finish what it holds must be able to start.
  if (known === null) await connection.send('SET', keys.partitionCount, keys.partitions, 'NX');
  const stored = Number(known ?? (await connection.send('GET', keys.partitionCount)));
  if (stored === keys.partitions) return;
  throw new UnfitRedisError(
    'WRONG_PARTITION_COUNT',
    `This deployment has ${stored} partitions, not ${keys.partitions}. Start every process with ` +
      `PARTITIONS=${stored}; the number cannot change as long as executions are active.`,
  );
}
