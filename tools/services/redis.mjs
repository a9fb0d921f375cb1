// A Redis (or Valkey) for tests and tools: on a free port of 127.0.0.1, in a folder of its own, gone when stopped.
// Taken from, in this order: REDIS_URL (then nothing is started), the PATH, and on Debian and Ubuntu the
// distribution's packages, unpacked into a cache folder (no root needed).
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { libraryPath, unpackedPackages } from './debian-packages.mjs';
import { onPath } from './executables.mjs';

const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 5000;
/** A Sentinel leaves a former master alone for many seconds before it makes it a replica, and that then copies all. */
const FAILOVER_TIMEOUT_MS = 60_000;
const SERVERS = ['redis-server', 'valkey-server'];

const ADVICE = `No Redis was found. Do one of these:
  - set REDIS_URL to a Redis 7 or Valkey (redis://127.0.0.1:6379)
  - install it: "apt-get install redis-server" (Debian, Ubuntu), "brew install redis" (macOS)`;

/**
 * @typedef {object} RunningRedis
 * @property {string} url
 * @property {number | undefined} pid undefined when REDIS_URL is used
 * @property {string} source where the binary came from
 * @property {(signal: NodeJS.Signals) => Promise<void>} kill resolves when the process is gone, or at once for
 *   SIGSTOP and SIGCONT
 * @property {() => Promise<void>} restart on the same port and folder; with `--appendonly yes` data is back
 * @property {() => Promise<void>} snapshot copies what is on disk aside
 * @property {() => Promise<void>} rollback restarts with what was copied aside last
 * @property {(bytes: number) => Promise<void>} limitDisk its files may grow by so much only; Infinity: as they like.
 *   Linux only
 * @property {() => Promise<void>} stop the folder is removed
 */

/**
 * @param {{ port?: number, args?: string[], config?: string, own?: boolean, env?: Record<string, string | undefined> }} [options]
 *   `own`: start a server even when REDIS_URL is set; `args`: further arguments of the server; `config`: what is to be
 *   in its configuration file, for a Sentinel has to have one
 * @returns {Promise<RunningRedis>}
 */
export async function startRedis({ port, args = [], config, own = false, env = process.env } = {}) {
  if (env.REDIS_URL && !own) return outside(env.REDIS_URL);
  const server = findServer(env);
  const folder = mkdtempSync(join(tmpdir(), 'workflow-engine-redis-'));
  const [data, aside] = [join(folder, 'data'), join(folder, 'aside')];
  mkdirSync(data);
  if (config !== undefined) {
    writeFileSync(join(data, 'redis.conf'), config);
    args = [join(data, 'redis.conf'), ...args];
  }
  const onPort = port ?? (await freePort());
  // The last resort when this process ends without a call of stop().
  const abandon = () => {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  let child;
  let exited;
  const launch = async () => {
    ({ child, exited } = await launchIn(data, server, onPort, args));
  };
  const end = async (signal) => {
    child.ref();
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(timer);
  };
  process.once('exit', abandon);
  try {
    await launch();
  } catch (error) {
    process.off('exit', abandon);
    abandon();
    throw error;
  }
  return {
    url: `redis://127.0.0.1:${onPort}`,
    source: server.source,
    get pid() {
      return child.pid;
    },
    async kill(signal) {
      if (['SIGSTOP', 'SIGCONT'].includes(signal)) child.kill(signal);
      else await end(signal);
    },
    async restart() {
      await end('SIGKILL');
      await launch();
    },
    async snapshot() {
      replaceFolder(aside, data);
    },
    async rollback() {
      await end('SIGKILL');
      replaceFolder(data, aside);
      await launch();
    },
    async limitDisk(bytes) {
      const sizes = readdirSync(data, { recursive: true }).map((name) => statSync(join(data, name)).size);
      const limit = bytes === Infinity ? 'unlimited' : Math.max(0, ...sizes) + bytes;
      const args = ['--pid', `${child.pid}`, `--fsize=${limit}:unlimited`];
      const { status, stderr, error } = spawnSync('prlimit', args, { encoding: 'utf8' });
      if (status !== 0) throw new Error(`prlimit failed: ${error?.message ?? stderr.trim()}`);
    },
    async stop() {
      process.off('exit', abandon);
      await end('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * A Redis Cluster of masters only; every node has its own port and folder.
 * @param {number} [size]
 * @param {string[]} [further] arguments of every node
 * @returns {Promise<{ urls: string[], nodes: RunningRedis[], stop(): Promise<void> }>} any url reaches all of it
 */
export async function startRedisCluster(size = 3, further = []) {
  const nodes = [];
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.stop()));
  };
  try {
    const busPorts = [];
    for (let index = 0; index < size; index++) {
      const busPort = await freePort();
      busPorts.push(busPort);
      const args = [
        '--cluster-enabled',
        'yes',
        '--cluster-port',
        `${busPort}`,
        '--cluster-node-timeout',
        '2000',
        ...further,
      ];
      nodes.push(await startRedis({ own: true, args }));
    }
    const ports = nodes.map(({ url }) => Number(new URL(url).port));
    for (const [index, port] of ports.entries()) {
      const from = Math.floor((index * 16_384) / size);
      const to = Math.floor(((index + 1) * 16_384) / size) - 1;
      await ask(port, `CLUSTER ADDSLOTSRANGE ${from} ${to}`);
      if (index > 0) await ask(ports[0], `CLUSTER MEET 127.0.0.1 ${port} ${busPorts[index]}`);
    }
    const complete = ['cluster_state:ok', `cluster_known_nodes:${size}`];
    await Promise.all(ports.map((port) => waitFor(port, 'CLUSTER INFO', complete)));
  } catch (error) {
    await stop();
    throw error;
  }
  return { urls: nodes.map(({ url }) => url), nodes, stop };
}

/**
 * A master with a replica, and a Sentinel that makes the replica the master when the master has not answered for a
 * second.
 * @param {{ args?: string[] }} [options] arguments of both servers
 * @returns {Promise<{ url: string, failover(): Promise<void>, stop(): Promise<void> }>} the url names the Sentinel;
 *   `failover` kills the master, and resolves when it is back as the replica of the other one
 */
export async function startRedisSentinel({ args: further = [] } = {}) {
  const nodes = [];
  const start = async (options) => {
    const node = await startRedis({ own: true, ...options });
    nodes.push(node);
    return { node, port: Number(new URL(node.url).port) };
  };
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.stop()));
  };
  try {
    const args = ['--repl-diskless-sync-delay', '0', ...further];
    const master = await start({ args });
    await start({ args: [...args, '--replicaof', `127.0.0.1 ${master.port}`] });
    await waitFor(master.port, 'INFO replication', ['state=online']);
    const config = [
      `sentinel monitor tested 127.0.0.1 ${master.port} 1`,
      'sentinel down-after-milliseconds tested 1000',
      'sentinel failover-timeout tested 5000',
    ].join('\n');
    const sentinel = await start({ config, args: ['--sentinel'] });
    await waitFor(sentinel.port, 'INFO sentinel', ['status=ok', 'slaves=1']);
    const portOfMaster = async () => {
      const reply = await ask(sentinel.port, 'SENTINEL GET-MASTER-ADDR-BY-NAME tested');
      return Number(reply.split('\r\n')[4]);
    };
    const failover = async () => {
      const before = await portOfMaster();
      const killed = nodes.find(({ url }) => Number(new URL(url).port) === before);
      await killed.kill('SIGKILL');
      await until('another master', async () => (await portOfMaster()) !== before);
      await killed.restart();
      // Whichever it is by then: on a busy machine the Sentinel may have taken the new one for dead as well.
      await until(
        'a master with its replica',
        async () => {
          const reply = await ask(await portOfMaster(), 'INFO replication').catch(() => '');
          return reply.includes('role:master') && reply.includes('state=online');
        },
        FAILOVER_TIMEOUT_MS,
      );
    };
    return { url: `redis+sentinel://127.0.0.1:${sentinel.port}/tested`, failover, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function outside(url) {
  const refuse = () => Promise.reject(new Error('the Redis of REDIS_URL is not ours to stop'));
  return {
    url,
    source: 'REDIS_URL',
    pid: undefined,
    kill: refuse,
    restart: refuse,
    snapshot: refuse,
    rollback: refuse,
    limitDisk: refuse,
    stop: () => Promise.resolve(),
  };
}

function replaceFolder(folder, by) {
  rmSync(folder, { recursive: true, force: true });
  cpSync(by, folder, { recursive: true });
}

/** A write beyond the limit of `limitDisk` is to fail, as on a full disk, and not to end the server by a signal. */
const IGNORING_LIMITS = ['-c', 'trap "" XFSZ; exec "$0" "$@"'];

async function launchIn(folder, { path, libraries }, port, args) {
  const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder];
  const command = [path, ...args, ...settings, '--save', '', '--daemonize', 'no'];
  const child = spawn('/bin/sh', [...IGNORING_LIMITS, ...command], {
    cwd: folder,
    env: { PATH: process.env.PATH, LC_ALL: 'C', ...(libraries && { LD_LIBRARY_PATH: libraries }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  await readyOf(child);
  return { child, exited };
}

/** Resolves when the server accepts connections; fails with its own words. */
function readyOf(child) {
  return new Promise((resolve, reject) => {
    let log = '';
    const fail = (reason) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Error(`Redis did not start (${reason}): ${log}`));
    };
    const timer = setTimeout(() => fail(`nothing for ${START_TIMEOUT_MS / 1000} s`), START_TIMEOUT_MS);
    child.once('error', (error) => fail(error.message));
    const onExit = (code) => fail(`exit code ${code}`);
    child.once('exit', onExit);
    for (const output of [child.stdout, child.stderr]) {
      output.setEncoding('utf8').on('data', (chunk) => {
        // Read to the end of its life: a full pipe would stop the server.
        log = (log + chunk).slice(-10_000);
        if (!/eady to accept connections|Sentinel ID is/.test(log)) return;
        clearTimeout(timer);
        child.off('exit', onExit);
        resolve();
      });
      output.unref();
    }
    child.unref();
  });
}

/** @returns {{ path: string, source: string, libraries?: string }} */
function findServer(env) {
  const path = onPath(SERVERS, env);
  return path === undefined ? packagedServer(env) : { path, source: 'PATH' };
}

/** That of the distribution, without installing it. */
function packagedServer(env) {
  const folder = unpackedPackages({
    name: 'redis',
    env,
    advice: ADVICE,
    choose: (aptCache) => {
      // What every system has is left out; a private copy of libc would not go with the system's loader.
      const libraries = [...aptCache('depends', 'redis-tools').matchAll(/Depends: (lib(?!c6)\S+)/g)];
      return ['redis-server', 'redis-tools', ...libraries.map(([, name]) => name)];
    },
  });
  return { path: join(folder, 'usr/bin/redis-server'), source: 'packages', libraries: libraryPath(folder) };
}

/** Until the reply has all of these words. */
async function waitFor(port, command, words) {
  await until(`${words.join(' and ')} by ${command}`, async () => {
    const reply = await ask(port, command);
    return words.every((word) => reply.includes(word));
  });
}

/** Looks until there is something. */
async function until(what, look, timeoutMs = START_TIMEOUT_MS) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** One inline command (Redis protocol specification), its raw reply. */
function ask(port, command) {
  return new Promise((resolve, reject) => {
    let reply = '';
    const socket = connect(port, '127.0.0.1', () => socket.end(`${command}\r\n`));
    socket.setEncoding('utf8').on('data', (chunk) => (reply += chunk));
    socket.once('error', reject);
    socket.once('close', () => {
      if (reply.startsWith('-')) reject(new Error(`${command}: ${reply.trim()}`));
      else resolve(reply);
    });
  });
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
