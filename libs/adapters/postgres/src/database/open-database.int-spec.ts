import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type CreatedExecution, UnavailableError } from '@workflow-engine/execution';
import { aDefinition, anArchiveEntry, aNewExecution, newId } from '@workflow-engine/execution/testing';

import { DataFolderInUseError, SchemaOutdatedError } from '../errors';
import { PostgresDefinitionRepository } from '../postgres-definition-repository';
import { PostgresExecutionRepository } from '../postgres-execution-repository';
import { emptyDatabase, onPostgres } from '../testing/databases';
import { type Database, migrationLock } from './database';
import { openDatabase } from './open-database';

const cleanups: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'workflow-engine-open-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('openDatabase on a server', () => {
  it('migrates once when many processes start together', async () => {
    const { url, drop } = await emptyDatabase();
    cleanups.push(drop);
    const opened = await Promise.all(Array.from({ length: 5 }, () => openDatabase({ url, poolSize: 2 })));

    expect(await opened[0]?.pendingMigrations()).toEqual([]);
    await Promise.all(opened.map((database) => database.close()));
  });

  it('refuses an outdated schema when it shall not migrate', async () => {
    const { url, drop } = await emptyDatabase();
    cleanups.push(drop);
    await expect(openDatabase({ url, migrations: 'check' })).rejects.toThrow(SchemaOutdatedError);
    await (await openDatabase({ url })).close();
    const checked = await openDatabase({ url, migrations: 'check' });
    await checked.ping();
    await checked.close();
  });

  it.each([
    ['a closed port', 'postgres://me:s3cret@127.0.0.1:1/db', '127.0.0.1:1/db'],
    ['an unknown host', 'postgres://me:s3cret@host.invalid/db', 'host.invalid:5432/db'],
  ])('names %s and keeps the password to itself', async (_, url, shown) => {
    const error: unknown = await openDatabase({ url }).catch((fault: unknown) => fault);
    expect(error).toBeInstanceOf(UnavailableError);
    expect(String(error)).toContain(shown);
    expect(String(error)).not.toContain('s3cret');
  });

  it('explains a database that is not there', async () => {
    const { url, drop } = await emptyDatabase();
    await drop();
    await expect(openDatabase({ url })).rejects.toThrow(/cannot reach Postgres .* does not exist/);
  });

  it.each(['nonsense', 'postgres://me:s3cret@host:99999/db', 'http://me:s3cret@host/db'])(
    'says what an address looks like when given %j',
    async (url) => {
      const error: unknown = await openDatabase({ url }).catch((fault: unknown) => fault);
      expect(error).toBeInstanceOf(TypeError);
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('s3cret');
    },
  );

  it('gives up on a server that never answers', async () => {
    const silent = createServer();
    silent.on('connection', (socket) => cleanups.push(() => void socket.destroy()));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => void silent.close());
    const { port } = silent.address() as AddressInfo;
    await expect(openDatabase({ url: `postgres://me@127.0.0.1:${port}/db` })).rejects.toThrow(
      UnavailableError,
    );
  });

  it('reports lost connections as unavailable, and works again when they are back', async () => {
    const { database, close } = await onPostgres();
    cleanups.push(close);
    const executions = new PostgresExecutionRepository(database);
    const sleeping = database.query('SELECT pg_sleep(30)');
    const lost = expect(sleeping).rejects.toThrow(UnavailableError);
    await terminateOthers(database);
    await lost;

    // The pool learns of each dead connection when it is used or when the news arrives, whichever is first.
    let created: readonly CreatedExecution[] = [];
    for (let attempt = 0; created.length === 0 && attempt < 10; attempt++) {
      created = await executions.create([aNewExecution()]).catch((error: unknown) => {
        expect(error).toBeInstanceOf(UnavailableError);
        return [];
      });
    }
    expect(created[0]?.created).toBe(true);
  });

  it('gives up a connection that has fallen silent, and works by another', async () => {
    const { url, drop } = await emptyDatabase();
    cleanups.push(drop);
    const { url: silenceable, silence, close } = await silenceableLink(url);
    cleanups.push(close);
    const database = await openDatabase({ url: silenceable, poolSize: 1, statementTimeoutMs: 1_000 });
    cleanups.push(() => database.close());

    silence();
    await expect(database.transaction((session) => session.query('SELECT 1'))).rejects.toThrow(
      UnavailableError,
    );
    await database.ping();
    silence();
    await expect(database.ping()).rejects.toThrow(UnavailableError);
    await database.ping();
  });

  it('holds no locks of a client that has fallen silent in a transaction', async () => {
    const { url, drop } = await emptyDatabase();
    cleanups.push(drop);
    const { url: silenceable, silence, close } = await silenceableLink(url);
    cleanups.push(close);
    const [other, database] = [
      await openDatabase({ url }),
      await openDatabase({ url: silenceable, poolSize: 1, statementTimeoutMs: 1_000 }),
    ];
    cleanups.push(
      () => other.close(),
      () => database.close(),
    );
    const lock = 'LOCK TABLE executions IN EXCLUSIVE MODE';
    const silenced = database.transaction(async (session) => {
      await session.query(lock);
      silence();
      await session.query('SELECT 1');
    });
    await expect(silenced).rejects.toThrow(UnavailableError);
    await other.transaction((session) => session.query(lock));
  });

  it('lets migrations take longer than any other statement', async () => {
    const { url, drop } = await emptyDatabase();
    cleanups.push(drop);
    const first = await openDatabase({ url });
    cleanups.push(() => first.close());
    const waiting = `SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event = 'advisory' AND now() - query_start > interval '0.5 s'`;
    const opening = await first.transaction(async (session) => {
      await session.query('SELECT pg_advisory_xact_lock($1)', [migrationLock]);
      const second = openDatabase({ url, statementTimeoutMs: 200 });
      while ((await first.query(waiting)).length === 0) await first.query('SELECT pg_sleep(0.05)');
      return { second };
    });
    const second = await opening.second;
    cleanups.push(() => second.close());
    await second.ping();
  });

  it('lets work under way finish when it is closed', async () => {
    const { database, close } = await onPostgres();
    const work = database.transaction(async (session) => {
      await session.query('SELECT pg_sleep(0.2)');
      return session.query('SELECT 1 AS done');
    });
    await close();
    expect(await work).toEqual([{ done: 1 }]);
  });

  it('fails every call as unavailable once closed', async () => {
    const { database, close } = await onPostgres();
    const executions = new PostgresExecutionRepository(database);
    await close();
    await expect(executions.find(newId())).rejects.toThrow(UnavailableError);
    await expect(executions.create([aNewExecution()])).rejects.toThrow(UnavailableError);
    await expect(
      executions.archive([anArchiveEntry(newId(), [], { settlesDeadLetters: true })]),
    ).rejects.toThrow(UnavailableError);
  });
});

describe('openDatabase on a folder', () => {
  it('keeps what was written, and the folder to itself', async () => {
    const dataDir = join(aFolder(), 'not', 'there', 'yet');
    const first = await openDatabase({ dataDir });
    await expect(openDatabase({ dataDir })).rejects.toThrow(DataFolderInUseError);
    const { workflowId } = await new PostgresDefinitionRepository(first).register(aDefinition());
    await expectIsolation(first);
    await first.close();
    await first.close();

    const second = await openDatabase({ dataDir, migrations: 'check' });
    cleanups.push(() => second.close());
    expect(await new PostgresDefinitionRepository(second).find(workflowId, 1)).toBeDefined();
  });
});

/** A transaction that fails takes nothing with it of what was written beside it. */
async function expectIsolation(database: Database): Promise<void> {
  const executions = new PostgresExecutionRepository(database);
  const [inside, beside] = [aNewExecution(), aNewExecution()];
  let besideDone: Promise<unknown> = Promise.resolve();
  const failing = database.transaction(async (session) => {
    await session.query(
      `INSERT INTO executions (id, workflow_id, version, name, status, labels, created_at)
       VALUES ($1, $1, 1, 'x', 'PENDING', '{}', now())`,
      [inside.id],
    );
    besideDone = executions.create([beside]);
    await new Promise((resolve) => setImmediate(resolve));
    await session.query('SELECT 1');
    throw new RangeError('on purpose');
  });

  await expect(failing).rejects.toThrow(RangeError);
  await besideDone;
  expect(await executions.find(inside.id)).toBeUndefined();
  expect(await executions.find(beside.id)).toBeDefined();
}

/** A way to the server whose open connections can be made to pass nothing on, and to say nothing of it. */
async function silenceableLink(
  target: string,
): Promise<{ readonly url: string; readonly silence: () => void; readonly close: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const link = createServer((client) => {
    const server = connect(Number(new URL(target).port), new URL(target).hostname);
    client.pipe(server).pipe(client);
    for (const socket of [client, server]) sockets.add(socket.on('error', () => undefined));
  });
  await new Promise<void>((resolve) => link.listen(0, '127.0.0.1', resolve));
  const url = new URL(target);
  url.port = String((link.address() as AddressInfo).port);
  return {
    url: url.href,
    silence() {
      for (const socket of sockets) socket.unpipe().pause();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => link.close(resolve));
    },
  };
}

async function terminateOthers(database: Database): Promise<void> {
  await database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
}
