import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';

import type { Database } from '../database/database';
import { openDatabase } from '../database/open-database';

export interface TestDatabase {
  readonly database: Database;
  readonly close: () => Promise<void>;
}

export async function onPglite(): Promise<TestDatabase> {
  const dataDir = mkdtempSync(join(tmpdir(), 'workflow-engine-pglite-'));
  const database = await openDatabase({ dataDir });
  return {
    database,
    async close() {
      await database.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A new database on the server that the Jest set-up has started. */
export async function onPostgres(): Promise<TestDatabase> {
  const { url, drop } = await emptyDatabase();
  const database = await openDatabase({ url });
  return {
    database,
    async close() {
      await database.close();
      await drop();
    },
  };
}

export async function emptyDatabase(): Promise<{ readonly url: string; readonly drop: () => Promise<void> }> {
  const server = process.env.TEST_POSTGRES_URL ?? '';
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administrate(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => administrate(server, `DROP DATABASE ${name} WITH (FORCE)`) };
}

async function administrate(url: string, statement: string): Promise<void> {
  const server = await new DataSource({ type: 'postgres', url, poolSize: 1 }).initialize();
  try {
    await server.query(statement);
  } finally {
    await server.destroy();
  }
}
