// Jest globalSetup: one Redis and one Redis Cluster of three nodes for all test files of a project, at
// process.env.TEST_REDIS_URL and TEST_REDIS_CLUSTER_URL. Every test uses a key prefix of its own in them.
import { startRedis, startRedisCluster } from './redis.mjs';

export default async function setup() {
  globalThis.testRedis = await Promise.all([startRedis(), startRedisCluster(3)]);
  const [single, cluster] = globalThis.testRedis;
  process.env.TEST_REDIS_URL = single.url;
  process.env.TEST_REDIS_CLUSTER_URL = cluster.urls[0];
  process.env.TEST_REDIS_CLUSTER_URLS = cluster.urls.join(' ');
}
