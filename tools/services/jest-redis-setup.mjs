// Jest globalSetup: one Redis, one Redis Cluster of three nodes and one Redis that evicts keys, for all test files of
// a project: TEST_REDIS_URL, TEST_REDIS_CLUSTER_URL, TEST_REDIS_EVICTING_URL. Every test has a key prefix of its own.
// Besides, a Redis and a cluster of one node for the one test file that may crash and empty them:
// TEST_REDIS_CRASHING_URL, TEST_REDIS_CRASHING_CLUSTER_URL; and a master with a replica and a Sentinel for the one that
// kills masters: TEST_REDIS_SENTINEL_URL.
import { startRedis, startRedisCluster, startRedisSentinel } from './redis.mjs';

const mayCrash = ['--enable-debug-command', 'local'];

export default async function setup() {
  globalThis.testRedis = await Promise.all([
    startRedis(),
    startRedisCluster(3),
    startRedis({ own: true, args: ['--maxmemory-policy', 'allkeys-lru'] }),
    startRedis({ own: true, args: mayCrash }),
    startRedisCluster(1, [...mayCrash, '--cluster-announce-ip', '127.0.0.1']),
    startRedisSentinel(),
  ]);
  const [single, cluster, evicting, crashing, crashingCluster, sentinel] = globalThis.testRedis;
  process.env.TEST_REDIS_URL = single.url;
  process.env.TEST_REDIS_EVICTING_URL = evicting.url;
  process.env.TEST_REDIS_CLUSTER_URL = cluster.urls[0];
  process.env.TEST_REDIS_CLUSTER_URLS = cluster.urls.join(' ');
  process.env.TEST_REDIS_CRASHING_URL = crashing.url;
  process.env.TEST_REDIS_CRASHING_CLUSTER_URL = crashingCluster.urls[0];
  process.env.TEST_REDIS_SENTINEL_URL = sentinel.url;
}
