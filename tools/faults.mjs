// `npm run faults`: builds what is stale, then breaks a distributed engine in every way that apps/system-e2e knows,
// longer and harder than `npm test` does, and in ways that it leaves out (`*.long-spec.ts`), and prints a table. Ends
// with exit code 0 when nothing was lost.
//   npm run faults [-- <pattern of test names>]    FAULTS_PROFILE=quick for the numbers of `npm test`
//   npm run faults -- soak    breaks something at random for SOAK_MINUTES (60)
// With the long numbers, and when all went well, the README's table shows it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { publish } from './faults/readme-table.mjs';

const { FAULTS_PROFILE = 'long' } = process.env;
const [pattern] = process.argv.slice(2);
const suites = pattern === 'soak' ? 'src/soak' : 'src/(distributed|[a-z]+-faults)\\.';
const named = pattern ? ['-t', pattern] : [];

const folder = mkdtempSync(join(tmpdir(), 'workflow-engine-faults-'));
const file = join(folder, 'report.jsonl');
const apps = ['api', 'orchestrator', 'worker', 'reaper', 'standalone'];
const build = run(['nx', 'run-many', '-t', 'build', '-p', apps.join(), '--outputStyle=static']);
const tests =
  build === 0
    ? run(['jest', suites, '--testMatch', '**/*.{int,long}-spec.ts', ...named], 'apps/system-e2e')
    : build;

const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
rmSync(folder, { recursive: true, force: true });
const results = lines.map((line) => JSON.parse(line));
console.table(results.filter(({ fault }) => fault !== undefined).map(rowOf));
if (tests !== 0) process.exit(tests);
if (results.length === 0) {
  console.error(`There is no fault named "${pattern}". README.md has their names.`);
  process.exit(2);
}
if (FAULTS_PROFILE === 'long') publish(results);

function run(command, cwd = '.') {
  const env = { ...process.env, FAULTS_PROFILE, FAULTS_REPORT: file, NX_DAEMON: 'false', NX_TUI: 'false' };
  return spawnSync('npx', ['--no-install', ...command], { cwd, stdio: 'inherit', env }).status ?? 1;
}

function rowOf({ fault, executions, lost, recordedTwice, extraEffects, broken, settledMs }) {
  return {
    fault,
    executions,
    lost,
    'recorded twice': recordedTwice,
    'extra effects': extraEffects,
    'broken promises': broken,
    'recovered after (s)': settledMs / 1000,
  };
}
