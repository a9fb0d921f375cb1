// Jest globalSetup: one Redis, one Redis Cluster of three nodes and one Redis that evicts keys, for all test files of
// a project: TEST_REDIS_URL, TEST_REDIS_CLUSTER_URL, TEST_REDIS_EVICTING_URL. Every test has a key prefix of its own.
import { startRedis, startRedisCluster } from './redis.mjs';

export default async function setup() {
  globalThis.testRedis = await Promise.all([
    startRedis(),
    startRedisCluster(3),
    startRedis({ own: true, args: ['--maxmemory-policy', 'allkeys-lru'] }),
  ]);
  const [single, cluster, evicting] = globalThis.testRedis;
  process.env.TEST_REDIS_URL = single.url;
  process.env.TEST_REDIS_EVICTING_URL = evicting.url;
  process.env.TEST_REDIS_CLUSTER_URL = cluster.urls[0];
  process.env.TEST_REDIS_CLUSTER_URLS = cluster.urls.join(' ');
}
