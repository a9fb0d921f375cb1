// The servers of a run: a Redis for each contender that needs one (append-only file, fsync every second) and one
// PostgreSQL (as it comes, so that a commit is on the disk) with a database for each.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startPostgres } from '../services/postgres.mjs';
import { startRedis } from '../services/redis.mjs';

const packagesOf = (adapter) =>
  createRequire(new URL(`../../libs/adapters/${adapter}/package.json`, import.meta.url));

export const { Client: PostgresClient } = packagesOf('postgres')('pg');
export const { Redis } = packagesOf('redis')('ioredis');

const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'everysec'];

/** @typedef {{ url: string, pid: number }} Server */

export class Services {
  #servers = [];
  #redis;
  #postgres;
  #folder;

  /** @returns {Promise<Server>} */
  async redis() {
    const redis = await startRedis({ own: true, args: DURABLE });
    this.#servers.push(redis);
    this.#redis = redis;
    return redis;
  }

  /** An empty database. @returns {Promise<Server>} */
  async database(name) {
    this.#postgres ??= this.#startPostgres();
    const { url, pid } = await this.#postgres;
    const client = new PostgresClient({ connectionString: url });
    await client.connect();
    await client.query(`CREATE DATABASE ${name}`);
    await client.end();
    const database = new URL(url);
    database.pathname = name;
    return { url: database.href, pid };
  }

  /** Of what runs and was started so far. @returns {Promise<Record<string, string>>} */
  async versions() {
    const versions = { node: process.version.slice(1) };
    if (this.#redis !== undefined) {
      const client = new Redis(this.#redis.url);
      versions.redis = /^redis_version:(\S+)/m.exec(await client.info('server'))?.[1] ?? 'unknown';
      client.disconnect();
    }
    if (this.#postgres !== undefined) {
      const client = new PostgresClient({ connectionString: (await this.#postgres).url });
      await client.connect();
      const { rows } = await client.query('SHOW server_version');
      versions.postgres = rows[0].server_version.split(' ')[0];
      await client.end();
    }
    return versions;
  }

  async #startPostgres() {
    this.#folder = mkdtempSync(join(tmpdir(), 'workflow-engine-bench-'));
    process.on('exit', this.#removeFolder);
    const env = { ...process.env, DATABASE_URL: undefined };
    const postgres = await startPostgres({ folder: this.#folder, env });
    this.#servers.push(postgres);
    return postgres;
  }

  #removeFolder = () => {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  };

  async stop() {
    await Promise.all(this.#servers.map((server) => server.stop()));
    this.#removeFolder();
    process.off('exit', this.#removeFolder);
  }
}
