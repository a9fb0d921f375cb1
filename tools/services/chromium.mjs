// A Chromium for the console's tests and pictures. Taken from, in this order: CHROMIUM_PATH, the PATH, where macOS
// keeps applications, and on Debian and Ubuntu the distribution's packages, unpacked into a cache folder.
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { libraryPath, unpackedPackages } from './debian-packages.mjs';
import { isExecutable, onPath } from './executables.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const ON_MACOS = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

const ADVICE = `No Chromium was found. Do one of these:
  - set CHROMIUM_PATH to the executable of a Chromium or Chrome
  - install it: "apt-get install chromium" (Debian), "brew install --cask google-chrome" (macOS)`;

/** No network but ours, no sandbox (it needs privileges that containers lack; all pages are our own). */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * @param {Record<string, string | undefined>} [env]
 * @returns {{ path: string, env: Record<string, string> }} what to start, and what to add to its environment
 */
export function findChromium(env = process.env) {
  if (env.CHROMIUM_PATH) return { path: env.CHROMIUM_PATH, env: {} };
  const installed = onPath(NAMES, env) ?? [ON_MACOS].find(isExecutable);
  return installed === undefined ? packagedChromium(env) : { path: installed, env: {} };
}

function packagedChromium(env) {
  const folder = unpackedPackages({ name: 'chromium', env, advice: ADVICE, choose: chromiumPackages });
  const fonts = join(folder, 'fonts.conf');
  if (!existsSync(fonts)) {
    writeFileSync(
      fonts,
      `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${folder}/usr/share/fonts</dir><dir>/usr/share/fonts</dir><cachedir>${folder}/font-cache</cachedir></fontconfig>
`,
    );
  }
  return {
    path: join(folder, 'usr/lib/chromium/chromium'),
    env: { LD_LIBRARY_PATH: libraryPath(folder), FONTCONFIG_FILE: fonts },
  };
}

/** Chromium with all it depends on, less what the system has: a second libc would not go with its loader. */
function chromiumPackages(aptCache) {
  const leaveOut = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'];
  const tree = aptCache('depends', '--recurse', ...leaveOut.map((kind) => `--no-${kind}`), 'chromium');
  const names = new Set(tree.split('\n').filter((line) => /^[a-z0-9]/.test(line)));
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n'], {
    encoding: 'utf8',
  });
  const there = new Set(
    stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  const wanted = [...names].filter(
    (name) => !there.has(name) && !/^(libc6|libgcc-s1|gcc-\d+-base)(:|$)/.test(name),
  );
  // Names that only others provide cannot be downloaded.
  const known = new Set(
    [...aptCache('show', '--no-all-versions', ...wanted).matchAll(/^Package: (.+)$/gm)].map(
      ([, name]) => name,
    ),
  );
  return wanted.filter((name) => known.has(name));
}
