import { afterAll, describe } from '@jest/globals';
import {
  describeArchiveOutboxContract,
  describeEventStreamContract,
  describeExecutionFeedContract,
  describeExecutionStoreContract,
  describePartitionLeasesContract,
  describeTaskQueueContract,
  describeWorkerDirectoryContract,
  rateLimiterContract,
} from '@workflow-engine/execution/testing';
import { setTimeout as sleep } from 'node:timers/promises';

import { RedisRateLimiter } from './redis-rate-limiter';
import { type HotPortsUnderTest, hotPortsOn, servers } from './testing/hot-ports-under-test';

describe.each(Object.entries(servers))('on %s', (name, url) => {
  const setup = (): Promise<HotPortsUnderTest> => hotPortsOn(url);
  describePartitionLeasesContract(name, setup);
  describeEventStreamContract(name, setup);
  describeExecutionStoreContract(name, setup);
  describeTaskQueueContract(name, setup);
  describeArchiveOutboxContract(name, setup);
  describeExecutionFeedContract(name, setup);
  describeWorkerDirectoryContract(name, setup);

  const opened: HotPortsUnderTest[] = [];
  afterAll(() => Promise.all(opened.map((ports) => ports.close())));
  rateLimiterContract(name, async () => {
    const ports = await hotPortsOn(url);
    opened.push(ports);
    return { limiter: new RedisRateLimiter(ports.connection), advance: (ms) => sleep(ms) };
  });
});
