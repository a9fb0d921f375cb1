// The whole check: formatting, lint, types, build and every test. `npm test` and CI both run this.
// Ends with one line, `N passed, N failed`, that counts the tests of all projects.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';

const results = 'tmp/test-results';
rmSync(results, { recursive: true, force: true });

const env = {
  ...process.env,
  NX_DAEMON: process.env.NX_DAEMON ?? 'false',
  NX_TUI: 'false',
  FORCE_COLOR: process.env.FORCE_COLOR ?? '0',
};

// Each step's commands run side by side.
const steps = [
  ['formatting', [['prettier', '--check', '--log-level', 'warn', '.']]],
  ['build, types, lint', [nx('run-many', '-t', 'build,typecheck,lint')]],
  [
    'tests',
    [
      // These take as long as all others together, and would come last.
      nx('run-many', '-t', 'test', '--projects=tag:type:e2e', '--parallel=1'),
      nx('run-many', '-t', 'test', '--exclude=tag:type:e2e', '--parallel=1'),
    ],
  ],
];

const failedSteps = [];
for (const [name, commands] of steps) {
  console.log(`\n=== ${name}`);
  const codes = await Promise.all(commands.map(run));
  if (codes.some((code) => code !== 0)) failedSteps.push(name);
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

function nx(...args) {
  return ['nx', ...args, '--outputStyle=static'];
}

async function run(command) {
  const [code] = await once(spawn('npx', ['--no-install', ...command], { stdio: 'inherit', env }), 'exit');
  return code;
}
