// Jest globalTeardown: runs also when tests have failed.
export default async function teardown() {
  await globalThis.testPostgres?.stop();
}
