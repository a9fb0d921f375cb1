import { setTimeout as sleep } from 'node:timers/promises';

import type { Log } from '@workflow-engine/execution';
import type { HotPortsFixture } from '@workflow-engine/execution/testing';
import { newId } from '@workflow-engine/execution/testing';

import type { ConnectRedisOptions } from '../connection/connect-redis';
import { connectRedis } from '../connection/connect-redis';
import type { RedisConnection } from '../connection/redis-connection';
import { redisHotPorts } from '../redis-hot-ports';

/** The servers that the Jest set-up has started. */
export const servers = {
  redis: process.env.TEST_REDIS_URL ?? '',
  cluster: process.env.TEST_REDIS_CLUSTER_URL ?? '',
};

/** Every node of the cluster. */
export function clusterUrls(): readonly string[] {
  return (process.env.TEST_REDIS_CLUSTER_URLS ?? '').split(' ');
}

export interface HotPortsUnderTest extends HotPortsFixture {
  readonly connection: RedisConnection;
}

/** Every test has keys of its own. */
export async function hotPortsOn(
  url: string,
  options: Partial<ConnectRedisOptions> = {},
): Promise<HotPortsUnderTest> {
  const partitions = options.partitions ?? 4;
  const connection = await connectRedis({ url, partitions, prefix: `test-${newId()}`, ...options });
  return {
    ...redisHotPorts(connection),
    connection,
    partitions,
    advance: (ms) => sleep(ms),
    close: () => connection.close(),
  };
}

/** Keeps what is logged. */
export function recordingLog(): Log & { readonly lines: readonly string[] } {
  const lines: string[] = [];
  const write =
    (level: string) =>
    (message: string, fields?: Readonly<Record<string, unknown>>): void =>
      void lines.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`);
  return { lines, debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
