import type { HotPorts } from '@workflow-engine/execution';

import type { RedisConnection } from './connection/redis-connection';
import { RedisArchiveOutbox } from './redis-archive-outbox';
import { RedisEventStream } from './redis-event-stream';
import { RedisExecutionFeed } from './redis-execution-feed';
import { RedisExecutionStore } from './redis-execution-store';
import type { RedisExecutionStoreOptions } from './redis-execution-store';
import { RedisPartitionLeases } from './redis-partition-leases';
import { RedisTaskQueue } from './redis-task-queue';
import { RedisWorkerDirectory } from './redis-worker-directory';

/** The ports of the hot path over one Redis. Closing the connection ends them all. */
export function redisHotPorts(
  connection: RedisConnection,
  options: RedisExecutionStoreOptions = {},
): HotPorts {
  const stream = new RedisEventStream(connection);
  return {
    leases: new RedisPartitionLeases(connection, 'orchestrators'),
    archiveLeases: new RedisPartitionLeases(connection, 'archivers'),
    stream,
    store: new RedisExecutionStore(connection, options),
    tasks: new RedisTaskQueue(connection, stream),
    outbox: new RedisArchiveOutbox(connection),
    feed: new RedisExecutionFeed(connection),
    workers: new RedisWorkerDirectory(connection),
  };
}
