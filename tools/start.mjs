// `npm start`: builds what is stale, then runs the engine embedded in one process. Flags go to the engine.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

if (!existsSync('node_modules/nx')) {
  console.error('The dependencies are missing. Run `npm ci` first.');
  process.exit(1);
}

console.log('Building what has changed (the first time takes about a minute) ...');
const build = spawnSync('npx', ['--no-install', 'nx', 'run', 'standalone:build', '--outputStyle=static'], {
  // Shown when it fails: the list of what has not changed tells nobody anything.
  stdio: ['ignore', 'pipe', 'pipe'],
  encoding: 'utf8',
  maxBuffer: Infinity,
  env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' },
});
if (build.status !== 0) {
  process.stderr.write(`${build.stdout ?? ''}${build.stderr ?? ''}`);
  console.error(build.error?.message ?? 'The build failed; its errors are above.');
  process.exit(build.status ?? 1);
}

console.log('Starting the engine ...');
const engine = spawn(process.execPath, ['apps/standalone/dist/main.js', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
// Ctrl-C reaches the engine by itself; a signal to this process alone has to be passed on.
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => engine.kill(signal));
engine.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGKILL' ? 137 : 1)));
