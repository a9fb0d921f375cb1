#!/usr/bin/env node
// The installed command. In the repository it is built first when a source is newer than the build.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const workspace = fileURLToPath(new URL('../../../', import.meta.url));

if (existsSync(join(workspace, 'nx.json')) && isStale()) build();
createRequire(import.meta.url)(program);

function isStale() {
  const built = statSync(program, { throwIfNoEntry: false })?.mtimeMs;
  return built === undefined || sources().some((path) => statSync(path).mtimeMs > built);
}

/** Files and their folders, as these tell what has been deleted. Some milliseconds, where asking Nx takes a second. */
function sources() {
  return ['apps', 'libs', 'libs/adapters']
    .flatMap((folder) =>
      readdirSync(join(workspace, folder)).map((project) => join(workspace, folder, project, 'src')),
    )
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => [
      folder,
      ...readdirSync(folder, { recursive: true }).map((path) => join(folder, path)),
    ]);
}

function build() {
  // Everything that is not the command's own output goes to stderr.
  console.error('Building what has changed (the first time takes about a minute) ...');
  const { status, stdout, error } = spawnSync(
    'npx',
    ['--no-install', 'nx', 'run', 'cli:build', '--outputStyle=static'],
    {
      cwd: workspace,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' },
    },
  );
  if (status !== 0) {
    console.error(String(error ?? stdout));
    process.exit(status ?? 2);
  }
  // Not all sources are the command's: what needed no build is not asked for again.
  const now = new Date();
  utimesSync(program, now, now);
}
