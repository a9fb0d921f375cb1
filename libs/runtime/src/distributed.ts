import type { HotPorts, RateLimiter } from '@workflow-engine/execution';
import {
  connectRedis,
  memoryUse,
  RedisHandlerDirectory,
  RedisRateLimiter,
  redisHotPorts,
} from '@workflow-engine/redis';

import { engineLog } from './engine-log';
import type { HealthChecks } from './health';
import type { Logger } from './logging';
import { openRepositories, type Repositories } from './repositories';

export interface HotStore {
  readonly ports: HotPorts;
  readonly rateLimiter: RateLimiter;
  readonly handlers: RedisHandlerDirectory;
  /** See `memoryUse` of the adapter. */
  memoryUse(): Promise<number>;
  readonly healthChecks: HealthChecks;
  close(): Promise<void>;
}

/**
 * The hot path over Redis.
 * @throws UnavailableError when it cannot be reached
 * @throws UnfitRedisError when it evicts keys, is too old, or belongs to a deployment with other partitions
 */
export async function openHotStore(
  { REDIS_URL: url, PARTITIONS: partitions }: { readonly REDIS_URL: string; readonly PARTITIONS: number },
  logger: Logger,
): Promise<HotStore> {
  const connection = await connectRedis({ url, partitions, log: engineLog(logger) });
  return {
    ports: redisHotPorts(connection),
    rateLimiter: new RedisRateLimiter(connection),
    handlers: new RedisHandlerDirectory(connection),
    memoryUse: () => memoryUse(connection),
    healthChecks: {
      redis: async () => {
        await connection.send('PING');
      },
    },
    close: () => connection.close(),
  };
}

export interface SystemOfRecord extends Repositories {
  readonly healthChecks: HealthChecks;
  close(): Promise<void>;
}

export interface SystemOfRecordOptions {
  readonly DATABASE_URL: string;
  /** `run`: whoever opens it first brings the schema up to date. */
  readonly MIGRATIONS: 'run' | 'check';
}

/**
 * The repositories on Postgres.
 * @throws UnavailableError when it cannot be reached
 * @throws SchemaOutdatedError with `MIGRATIONS` `check`
 */
export async function openSystemOfRecord(options: SystemOfRecordOptions): Promise<SystemOfRecord> {
  const opened = await openRepositories({ url: options.DATABASE_URL, migrations: options.MIGRATIONS });
  return { ...opened.repositories, healthChecks: { postgres: opened.ping }, close: opened.close };
}
