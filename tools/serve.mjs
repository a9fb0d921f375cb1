// `nx run-many -t serve`: one app per call of this, `node tools/serve.mjs <app>`. The api's call also starts Redis
// and PostgreSQL, unless REDIS_URL and DATABASE_URL name them, and leaves their addresses for the others in a file.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { dataFolder, startServices } from './dev/services.mjs';

const SERVICES_TIMEOUT_MS = 60_000;
const OTHERS_TIMEOUT_MS = 15_000;
const [app] = process.argv.slice(2);
const host = 'api';
const addresses = `${dataFolder}/services.json`;
const users = `${dataFolder}/users`;

let child;
let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);

mkdirSync(users, { recursive: true });
if (app === host) await hostServices();
else await useServices();

async function hostServices() {
  let services;
  try {
    services = await startServices();
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
  writeFileSync(addresses, JSON.stringify({ pid: process.pid, env: services.env }));
  const code = await run(services.env);
  rmSync(addresses, { force: true });
  // The others hand over what they have through Redis.
  const deadline = Date.now() + OTHERS_TIMEOUT_MS;
  while (othersRun() && Date.now() < deadline) await sleep(100);
  await services.stop();
  process.exit(code);
}

async function useServices() {
  const { REDIS_URL, DATABASE_URL } = process.env;
  const env = REDIS_URL && DATABASE_URL ? { REDIS_URL, DATABASE_URL } : await servicesOfHost();
  const mark = `${users}/${process.pid}`;
  writeFileSync(mark, app);
  const code = await run(env);
  rmSync(mark, { force: true });
  process.exit(code);
}

async function servicesOfHost() {
  const deadline = Date.now() + SERVICES_TIMEOUT_MS;
  while (Date.now() < deadline && !stopping) {
    const found = readServices();
    if (found && isAlive(found.pid)) return found.env;
    await sleep(100);
  }
  if (!stopping)
    console.error(`No Redis and PostgreSQL: run "nx serve ${host}" too, or set REDIS_URL and DATABASE_URL.`);
  process.exit(stopping ? 0 : 1);
}

function readServices() {
  try {
    return JSON.parse(readFileSync(addresses, 'utf8'));
  } catch {
    return undefined;
  }
}

function othersRun() {
  return readdirSync(users).some((pid) => {
    if (isAlive(Number(pid))) return true;
    rmSync(`${users}/${pid}`, { force: true });
    return false;
  });
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function run(env) {
  if (stopping) return 0;
  // Ctrl-C goes to the whole group of processes; the app gets it from here, once.
  child = spawn(process.execPath, [`apps/${app}/dist/main.js`], {
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
    env: { ...process.env, ...env },
  });
  process.once('exit', () => child.kill('SIGKILL'));
  return new Promise((resolve) => child.once('close', (code) => resolve(code ?? 1)));
}

function stop() {
  if (!stopping) child?.kill('SIGTERM');
  stopping = true;
}
