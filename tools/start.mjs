// `npm start`: builds what is stale, then runs the engine embedded in one process. Flags go to the engine.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

if (!existsSync('node_modules/nx')) {
  console.error('The dependencies are missing. Run `npm ci` first.');
  process.exit(1);
}

const quiet = { NX_DAEMON: 'false', NX_TUI: 'false' };
console.log('Building what has changed (the first time takes about a minute) ...');
const build = spawnSync('npx', ['--no-install', 'nx', 'run', 'standalone:build', '--outputStyle=static'], {
  stdio: ['ignore', 'inherit', 'inherit'],
  env: { ...process.env, ...quiet },
});
if (build.status !== 0) process.exit(build.status ?? 1);

const engine = spawn(process.execPath, ['apps/standalone/dist/main.js', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
// Ctrl-C reaches the engine by itself; a signal to this process alone has to be passed on.
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => engine.kill(signal));
engine.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGKILL' ? 137 : 1)));
