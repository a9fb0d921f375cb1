// The packages of Debian and Ubuntu, downloaded once and unpacked into a cache folder without installing them: no root
// is needed, and nothing of the system is changed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * @param {{ name: string, env: Record<string, string | undefined>, advice: string,
 *   choose: (aptCache: (...args: string[]) => string) => string[] }} request
 *   `choose` names the packages, and may ask `apt-cache`; `advice` is what to do when this does not work
 * @returns {string} the folder that holds `usr`, `etc` ...
 */
export function unpackedPackages({ name, env, advice, choose }) {
  if (spawnSync('apt-get', ['--version']).status !== 0) throw new Error(advice);
  const cache = join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'workflow-engine');
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const unpacking = mkdtempSync(join(cache, `${name}-unpacking-`));
  try {
    downloadInto(unpacking, choose);
    renameSync(unpacking, folder);
  } catch (error) {
    rmSync(unpacking, { recursive: true, force: true });
    // Another process may have been faster.
    if (!existsSync(folder)) {
      throw new Error(`${advice}\nThe packages could not be fetched: ${error.message}`, { cause: error });
    }
  }
  return folder;
}

/** @returns {string} for LD_LIBRARY_PATH: where libraries lie, and their folders of private ones (`pulseaudio`, say) */
export function libraryPath(folder) {
  return ['usr/lib', 'lib']
    .map((path) => join(folder, path))
    .flatMap(foldersIn)
    .filter((path) => path.endsWith('-linux-gnu'))
    .flatMap((path) => [path, ...foldersIn(path).filter(hasLibraries)])
    .join(':');
}

function foldersIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name));
}

function hasLibraries(folder) {
  return readdirSync(folder).some((name) => /^lib.*\.so\b/.test(name));
}

function downloadInto(folder, choose) {
  try {
    downloadPackages(folder, choose, []);
  } catch {
    // A fresh machine has no package lists yet. These are private, so no root is needed and nothing is changed.
    const apt = join(folder, 'apt');
    for (const path of ['lists/partial', 'archives/partial']) mkdirSync(join(apt, path), { recursive: true });
    const options = [
      `Dir::State::lists=${apt}/lists`,
      `Dir::Cache=${apt}`,
      'APT::Sandbox::User=root',
    ].flatMap((option) => ['-o', option]);
    run('apt-get', [...options, 'update'], folder);
    downloadPackages(folder, choose, options);
    rmSync(apt, { recursive: true, force: true });
  }
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.deb'))) {
    run('dpkg-deb', ['-x', name, '.'], folder);
    rmSync(join(folder, name));
  }
  writeFileSync(join(folder, 'README'), 'Unpacked by tools/services; may be deleted at any time.\n');
}

function downloadPackages(folder, choose, options) {
  const packages = choose((...args) => run('apt-cache', [...options, ...args], folder));
  run('apt-get', [...options, 'download', ...packages], folder);
}

function run(command, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 100_000_000,
  });
  if (status === 0) return stdout;
  throw new Error(`"${command} ${args.join(' ').slice(0, 300)}" failed: ${error?.message ?? stderr.trim()}`);
}
