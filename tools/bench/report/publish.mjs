// Where a report goes.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { withSection } from '../../readme-section.cjs';
import { page, summary } from './page.cjs';
import { barChart } from './svg.cjs';

const workspace = fileURLToPath(new URL('../../..', import.meta.url));
const PUBLISHED = join(workspace, 'tools/bench/results');
const UNPUBLISHED = join(workspace, 'tmp/bench');

/**
 * @param {import('./report.cjs').Report} found
 * @param {{ folder?: string, isPublic: boolean }} options `isPublic`: it is what the README shows
 * @returns {string[]} the files that were written
 */
export function publish(found, { folder, isPublic }) {
  const target = folder ?? (isPublic ? PUBLISHED : UNPUBLISHED);
  const data = join(target, 'latest.json');
  // Parts that were not run stay as they are.
  const report = { ...(existsSync(data) && JSON.parse(readFileSync(data, 'utf8'))), ...found };
  const files = { [data]: JSON.stringify(report, rounded, 2), [join(target, 'latest.md')]: page(report) };
  if (report.engines !== undefined) files[join(target, 'latest.svg')] = barChart(report.engines);
  if (isPublic && report.engines !== undefined) {
    const readme = join(workspace, 'README.md');
    files[readme] = withSection(readFileSync(readme, 'utf8'), 'bench', summary(report));
  }
  mkdirSync(target, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(file, text);
  if (isPublic) format(Object.keys(files).filter((file) => !file.endsWith('.svg')));
  return Object.keys(files).map((file) => relative(process.cwd(), file));
}

/** As everything that is committed. */
function format(files) {
  spawnSync('npx', ['--no-install', 'prettier', '--write', '--log-level', 'warn', ...files], {
    cwd: workspace,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** More digits say nothing; as few as are shown would be rounded twice. */
function rounded(_, value) {
  return typeof value === 'number' ? Number(value.toPrecision(6)) : value;
}
