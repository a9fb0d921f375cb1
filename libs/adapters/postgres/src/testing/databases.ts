import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';

import type { Database } from '../database/database';
import { openDatabase } from '../database/open-database';

export interface TestDatabase {
  readonly database: Database;
  /** Where it is: a URL or a folder. */
  readonly address: string;
  close(): Promise<void>;
}

export async function onPglite(): Promise<TestDatabase> {
  const dataDir = mkdtempSync(join(tmpdir(), 'workflow-engine-pglite-'));
  const database = await openDatabase({ dataDir });
  return {
    database,
    address: dataDir,
    async close() {
      await database.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A new database on the server that the Jest set-up has started. */
export async function onPostgres(): Promise<TestDatabase> {
  const server = process.env.TEST_POSTGRES_URL ?? '';
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administrate(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const database = await openDatabase({ url: url.href });
  return {
    database,
    address: url.href,
    async close() {
      await database.close();
      await administrate(server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function administrate(url: string, statement: string): Promise<void> {
  const server = await new DataSource({ type: 'postgres', url, poolSize: 1 }).initialize();
  try {
    await server.query(statement);
  } finally {
    await server.destroy();
  }
}
