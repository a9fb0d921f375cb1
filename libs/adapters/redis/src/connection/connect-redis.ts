import type { Log } from '@workflow-engine/execution';
import { silentLog, UnavailableError } from '@workflow-engine/execution';
import { Cluster } from 'ioredis';
import type { Redis, RedisOptions } from 'ioredis';

import { UnfitRedisError, isReply, portError } from '../errors';
import { Keys } from '../keys';
import { infoField } from './info-field';
import { RedisConnection } from './redis-connection';
import { REDIS_URL_FORMS, isRedisUrl, redisAt } from './redis-url';

export interface ConnectRedisOptions {
  /** `redis://` or `rediss://`, of a cluster any node; or `redis+sentinel://`, see `redis-url.ts`. */
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
 * @throws UnfitRedisError when it evicts keys, is too old, or belongs to a deployment with other partitions, or when
 *   the URL is none of a Redis
 * @throws UnavailableError when it, or a Sentinel that knows it, cannot be reached
 */
export async function connectRedis(options: ConnectRedisOptions): Promise<RedisConnection> {
  const { url } = options;
  if (!isRedisUrl(url))
    throw new UnfitRedisError('INVALID_REDIS_URL', `The URL of Redis must be ${REDIS_URL_FORMS}.`);
  const onlyOnce = { retryStrategy: () => null, sentinelRetryStrategy: () => null };
  const first = redisAt(url, { ...policy(options), ...onlyOnce, lazyConnect: true });
  let reason = 'no connection';
  first.on('error', ({ message }) => (reason = message));
  try {
    await first.connect().catch((cause: unknown) => {
      throw unreachable(first, reason, cause);
    });
    const info = await first.info();
    if (!/^cluster_enabled:1/m.test(info)) {
      first.disconnect();
      return await checked(options, redisAt(url, { ...policy(options), failoverDetector: true }));
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
function unreachable({ options }: Redis, reason: string, cause: unknown): UnavailableError {
  const { host = 'localhost', port = 6379, sentinels, name = '' } = options;
  const asked = sentinels?.map((sentinel) => `${sentinel.host ?? ''}:${sentinel.port ?? ''}`).join(', ');
  const where = asked === undefined ? `at ${host}:${port}` : `"${name}" by the Sentinels ${asked}`;
  return new UnavailableError(
    `cannot reach Redis ${where} (${reason}). Is the server up, and are host, port and password right?`,
    { cause },
  );
}

/** How connections behave: they reconnect for ever, but a command fails after a few attempts. */
function policy({ commandTimeoutMs = 10_000 }: ConnectRedisOptions) {
  const backoff = (times: number): number => Math.min(50 * 2 ** (times - 1), 1000);
  return {
    protocol: 2,
    maxRetriesPerRequest: 3,
    retryStrategy: backoff,
    sentinelRetryStrategy: backoff,
    sentinelReconnectStrategy: backoff,
    // A server that was a master: its name, or the Sentinels, lead to another one by now.
    reconnectOnError: (error: Error) => isReply(error, 'READONLY'),
    connectTimeout: 5000,
    commandTimeout: commandTimeoutMs,
    // A half-open connection never answers again, and TCP takes a quarter of an hour to say so: it is replaced.
    socketTimeout: commandTimeoutMs,
    sentinelCommandTimeout: 5000,
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
