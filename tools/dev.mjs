// `npm run dev`: builds what is stale, then runs the distributed engine on this machine - api (port 8000),
// orchestrator (8001), worker (8002), reaper (8003) - with the Redis and PostgreSQL that it finds or starts.
// Ctrl-C stops all of it.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { startServices } from './dev/services.mjs';

const apps = { api: 8000, orchestrator: 8001, worker: 8002, reaper: 8003 };

if (!existsSync('node_modules/nx')) {
  console.error('The dependencies are missing. Run `npm ci` first.');
  process.exit(1);
}

console.log('Building what has changed (the first time takes about a minute) ...');
const build = spawnSync(
  'npx',
  ['--no-install', 'nx', 'run-many', '-t', 'build', '-p', Object.keys(apps).join(), '--outputStyle=static'],
  { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' } },
);
if (build.status !== 0) process.exit(build.status ?? 1);

const services = await startServices().catch((error) => {
  console.error(error.message);
  process.exit(1);
});

let code = 0;
let stopping = false;
const children = Object.entries(apps).map(([app, port]) => run(app, port));
// In a group of their own, so that Ctrl-C reaches them through `stop` and in order.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop());
await Promise.all(children.map(({ exited }) => exited));
await services.stop();
process.exit(code);

function run(app, port) {
  const child = spawn(process.execPath, [`apps/${app}/dist/main.js`], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, ...services.env, PORT: `${port}` },
  });
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => console.log(`${app.padEnd(12)} ${line}`));
  const exited = new Promise((resolve) => {
    child.once('close', (status, signal) => {
      if (!stopping) console.error(`${app} ended (${signal ?? `exit code ${status}`}); stopping the others`);
      if (!stopping || status !== 0) code = 1;
      resolve();
      if (!stopping) stop();
    });
  });
  process.once('exit', () => child.kill('SIGKILL'));
  return { child, exited };
}

/** A second time: at once. */
function stop() {
  for (const { child } of children) child.kill(stopping ? 'SIGKILL' : 'SIGTERM');
  stopping = true;
}
