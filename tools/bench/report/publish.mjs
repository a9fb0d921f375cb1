// Where a report goes.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { withSection } from './readme.cjs';
import { readmeSection } from './page.cjs';
import { barChart } from './svg.cjs';

const workspace = fileURLToPath(new URL('../../..', import.meta.url));
const PUBLISHED = join(workspace, 'tools/bench/results');
const UNPUBLISHED = join(workspace, 'tmp/bench');

/**
 * @param {import('./report.cjs').Report} report
 * @param {{ folder?: string, isWhole: boolean }} options a whole run without a folder of its own is what the README shows
 * @returns {string[]} the files that were written
 */
export function publish(report, { folder, isWhole }) {
  const isPublished = folder === undefined && isWhole;
  const target = folder ?? (isWhole ? PUBLISHED : UNPUBLISHED);
  mkdirSync(target, { recursive: true });
  const files = {
    [join(target, 'latest.json')]: `${JSON.stringify(report, rounded, 2)}\n`,
    [join(target, 'latest.svg')]: barChart(report),
  };
  if (isPublished) {
    const readme = join(workspace, 'README.md');
    files[readme] = withSection(readFileSync(readme, 'utf8'), readmeSection(report));
  }
  for (const [file, text] of Object.entries(files)) writeFileSync(file, text);
  // As everything that is committed.
  const formatted = Object.keys(files).filter((file) => !file.endsWith('.svg'));
  spawnSync('npx', ['--no-install', 'prettier', '--write', '--log-level', 'warn', ...formatted], {
    cwd: workspace,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return Object.keys(files).map((file) => relative(process.cwd(), file));
}

/** Nothing is measured to more digits. */
function rounded(_, value) {
  return typeof value === 'number' ? Number(value.toPrecision(4)) : value;
}
