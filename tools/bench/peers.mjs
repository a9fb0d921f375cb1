// The other engines and what they need, installed by the first run in the versions of `peers/package-lock.json`.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('peers', import.meta.url));

/** What pg-boss asks for. */
const NEWEST_NEED = [22, 12];

/** @returns {string} a Node that can run them */
export function installPeers() {
  if (!isInstalled()) {
    console.log('Installing the engines to compare with (once, about 250 MB) ...');
    // Not `npm ci`: it refuses when a registry lacks packages for other platforms.
    const args = ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts'];
    const { status } = spawnSync('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) throw new Error('the engines to compare with could not be installed');
  }
  return newerNode();
}

/** @param {readonly string[]} names @returns {Record<string, string>} of those that are engines */
export function peerVersions(names) {
  const engines = ['bullmq', 'pg-boss'].filter((name) => names.includes(name));
  return Object.fromEntries(engines.map((name) => [name, versionOf(name)]));
}

function isInstalled() {
  const { dependencies } = readJson(`${folder}/package.json`);
  return Object.entries(dependencies).every(
    ([name, version]) => existsSync(`${folder}/node_modules/${name}`) && versionOf(name) === version,
  );
}

function newerNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [needMajor, needMinor] = NEWEST_NEED;
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return process.execPath;
  try {
    return createRequire(`${folder}/package.json`).resolve(
      `node-${process.platform}-${process.arch}/bin/node`,
    );
  } catch {
    throw new Error(
      `pg-boss needs Node ${NEWEST_NEED.join('.')}; there is no package with one for this platform`,
    );
  }
}

function versionOf(name) {
  return readJson(`${folder}/node_modules/${name}/package.json`).version;
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
