import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, expect, it } from '@jest/globals';

/** A checkout in which the place of Nx is taken by a script that numbers its builds. */
const checkout = mkdtempSync(join(tmpdir(), 'wfe-checkout-'));
const numberBuilds = `#!/usr/bin/env node
const { appendFileSync, existsSync, mkdirSync } = require('node:fs');
mkdirSync('apps/cli/dist', { recursive: true });
appendFileSync('apps/cli/dist/main.js', 'globalThis.builds = (globalThis.builds ?? 0) + 1;\\n');
if (!existsSync('said')) appendFileSync('apps/cli/dist/main.js', 'process.on("exit", () => console.log(String(builds)));\\n');
appendFileSync('said', '');
`;
const source = 'libs/dag/src/deep/graph.ts';

function put(path: string, text: string, changed = new Date(Date.now() - 60_000)): void {
  mkdirSync(dirname(join(checkout, path)), { recursive: true });
  writeFileSync(join(checkout, path), text);
  utimesSync(join(checkout, path), changed, changed);
}

/** @returns how many builds have gone into what answers */
function builds(): number {
  const command = join(checkout, 'apps/cli/bin/wfe.mjs');
  return Number(execFileSync(process.execPath, [command], { encoding: 'utf8', stdio: 'pipe' }));
}

afterAll(() => rmSync(checkout, { recursive: true }));

it('is built when there is no build, and when sources are newer, of another project as well, or gone', () => {
  for (const folder of ['libs/adapters/redis/src', 'apps/cli/src']) put(`${folder}/index.ts`, '');
  put('nx.json', '{}');
  put('package.json', '{}');
  put(source, '');
  put('node_modules/.bin/nx', numberBuilds);
  chmodSync(join(checkout, 'node_modules/.bin/nx'), 0o755);
  cpSync(join(__dirname, '../bin/wfe.mjs'), join(checkout, 'apps/cli/bin/wfe.mjs'));

  expect(builds()).toBe(1);
  expect(builds()).toBe(1);
  const later = new Date(Date.now() + 2);
  put(source, 'changed', later);
  expect(builds()).toBe(2);
  expect(builds()).toBe(2);
  rmSync(join(checkout, source));
  expect(builds()).toBe(3);
  rmSync(join(checkout, 'nx.json'));
  put(source, 'nobody builds an installed package', new Date(Date.now() + 60_000));
  expect(builds()).toBe(3);
}, 120_000);
