#!/usr/bin/env node
// The installed command. In the repository its first use builds it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const workspace = fileURLToPath(new URL('../../../', import.meta.url));

if (!existsSync(program) && existsSync(`${workspace}/nx.json`)) {
  // Everything that is not the command's own output goes to stderr.
  console.error('Building wfe for its first use (about a minute) ...');
  const build = spawnSync('npx', ['--no-install', 'nx', 'run', 'cli:build', '--outputStyle=static'], {
    cwd: workspace,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' },
  });
  if (build.status !== 0) {
    console.error(String(build.stdout ?? build.error));
    process.exit(build.status ?? 2);
  }
}
createRequire(import.meta.url)(program);
