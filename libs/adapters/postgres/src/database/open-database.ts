import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { PGlite } from '@electric-sql/pglite' with { 'resolution-mode': 'import' };
import { UnavailableError } from '@workflow-engine/execution';
import { DataSource, type DataSourceOptions } from 'typeorm';

import { entities } from '../entities/entities';
import { codeOf, isConnectionFault, SchemaOutdatedError } from '../errors';
import { migrations } from '../migrations/migrations';
import { Database } from './database';
import { FolderLock } from './folder-lock';
import { pglitePool } from './pglite-pool';

interface ServerOptions {
  /** `postgres://user:password@host:port/database` */
  readonly url: string;
  /** Connections at most; default 10. */
  readonly poolSize?: number;
  /**
   * How long one statement may take, and how long the server waits for the next one of a transaction, in ms; default
   * 15,000. A server that says nothing gets a sixth more. Migrations take as long as they need.
   */
  readonly statementTimeoutMs?: number;
}

export type DatabaseOptions = {
  /** `run` (default) brings the schema up to date; `check` refuses to open an outdated one. */
  readonly migrations?: 'run' | 'check';
} & (
  | ServerOptions
  | {
      /** Folder of an embedded database; made when it is not there. */
      readonly dataDir: string;
    }
);

const shared = {
  type: 'postgres',
  entities,
  migrations,
  migrationsTableName: 'schema_migrations',
  synchronize: false,
  installExtensions: false,
  logging: false,
  // The pool drops a broken idle connection and opens another; nothing to tell anybody.
  poolErrorHandler: () => undefined,
} as const satisfies DataSourceOptions;

/**
 * @throws {TypeError} when `url` is none of Postgres
 * @throws {UnavailableError} when the server cannot be reached or does not let us in
 * @throws {DataFolderInUseError} when another process works on the folder
 * @throws {SchemaOutdatedError} with `migrations: 'check'`
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const database = 'url' in options ? await openServer(options) : await openEmbedded(options.dataDir);
  try {
    if (options.migrations === 'check') {
      const missing = await database.pendingMigrations();
      if (missing.length > 0) throw new SchemaOutdatedError(missing);
    } else {
      await ('url' in options ? migrateServer(options) : database.migrate());
    }
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** By a connection that never tires: the index of a large table may take minutes. */
async function migrateServer({ url }: ServerOptions): Promise<void> {
  const database = await openServer({ url, poolSize: 1, statementTimeoutMs: 0 });
  try {
    await database.migrate();
  } finally {
    await database.close();
  }
}

async function openServer(options: ServerOptions): Promise<Database> {
  const { statementTimeoutMs = 15_000 } = options;
  const address = withoutSecrets(options.url);
  const dataSource = new DataSource({
    ...shared,
    url: options.url,
    poolSize: options.poolSize ?? 10,
    connectTimeoutMS: 5_000,
    applicationName: 'workflow-engine',
    // A network that swallows packets must not hold a request for ever, nor what it has locked.
    extra: {
      keepAlive: true,
      statement_timeout: statementTimeoutMs,
      query_timeout: Math.ceil((statementTimeoutMs * 7) / 6),
      idle_in_transaction_session_timeout: statementTimeoutMs,
    },
  });
  try {
    await dataSource.initialize();
  } catch (error) {
    throw unreachable(address, error);
  }
  return new Database(dataSource, () => Promise.resolve());
}

async function openEmbedded(dataDir: string): Promise<Database> {
  const root = resolve(dataDir);
  mkdirSync(root, { recursive: true });
  const lock = FolderLock.acquire(join(root, 'postgres.lock'), root);
  let session: PGlite | undefined;
  try {
    // Only here: whoever has a server need not load an embedded one.
    const pglite = await import('@electric-sql/pglite');
    session = await pglite.PGlite.create({ dataDir: join(root, 'postgres') });
    const dataSource = new DataSource({ ...shared, driver: { Pool: pglitePool(session) } });
    await dataSource.initialize();
    const opened = session;
    return new Database(dataSource, async () => {
      await opened.close();
      lock.release();
    });
  } catch (error) {
    await session?.close();
    lock.release();
    throw error;
  }
}

function unreachable(address: string, error: unknown): unknown {
  const refused = codeOf(error)?.startsWith('28') === true || codeOf(error)?.startsWith('3D') === true;
  if (!refused && !isConnectionFault(error)) return error;
  const reason =
    error instanceof Error && error.message !== '' ? error.message : (codeOf(error) ?? 'no answer');
  return new UnavailableError(
    `cannot reach Postgres at ${address} (${reason}). Is the server up, and are host, port, user and database right?`,
    { cause: error },
  );
}

/** What of the URL may be told. Node's own error for a bad URL quotes all of it, the password too. */
function withoutSecrets(url: string): string {
  if (!/^postgres(ql)?:/.test(url) || !URL.canParse(url)) {
    throw new TypeError('the database address must look like postgres://user:password@host:5432/database');
  }
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}:${port === '' ? '5432' : port}${pathname}`;
}
