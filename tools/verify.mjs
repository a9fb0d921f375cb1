// The whole check: formatting, lint, types, build and every test. `npm test` and CI both run this.
// Ends with one line, `N passed, N failed`, that counts the tests of all projects.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';

const results = 'tmp/test-results';
rmSync(results, { recursive: true, force: true });

const env = {
  ...process.env,
  NX_DAEMON: process.env.NX_DAEMON ?? 'false',
  NX_TUI: 'false',
  FORCE_COLOR: process.env.FORCE_COLOR ?? '0',
};

const steps = [
  ['formatting', 'prettier', ['--check', '--log-level', 'warn', '.']],
  ['build, types, lint', 'nx', ['run-many', '-t', 'build,typecheck,lint', '--outputStyle=static']],
  ['tests', 'nx', ['run-many', '-t', 'test', '--parallel=2', '--outputStyle=static']],
];

const failedSteps = [];
for (const [name, command, args] of steps) {
  console.log(`\n=== ${name}`);
  const { status } = spawnSync('npx', ['--no-install', command, ...args], { stdio: 'inherit', env });
  if (status !== 0) failedSteps.push(name);
}

const counts = { passed: 0, failed: 0, skipped: 0 };
for (const file of existsSync(results) ? readdirSync(results) : []) {
  const project = JSON.parse(readFileSync(`${results}/${file}`, 'utf8'));
  for (const key of Object.keys(counts)) counts[key] += project[key];
}

if (failedSteps.length > 0) console.log(`\nnot green: ${failedSteps.join(', ')}`);
// A step that failed without a failing test (lint, types, a crashed suite) is a failure to count.
const failed = counts.failed === 0 && failedSteps.length > 0 ? failedSteps.length : counts.failed;
console.log(
  `\n${counts.passed} passed, ${failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`,
);
process.exit(failed === 0 && counts.passed > 0 ? 0 : 1);
