// Jest globalTeardown: runs also when tests have failed.
export default async function teardown() {
  await Promise.all((globalThis.testRedis ?? []).map((redis) => redis.stop()));
}
