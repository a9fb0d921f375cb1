// `npm run bench`: this engine, whole, beside BullMQ flows, pg-boss and a bare loop over Redis Streams, on the same
// workloads, in turns; then what its api does with requests, and how its cost grows. Brings its own Redis and
// PostgreSQL, checks every result, prints tables.
//   npm run bench [-- engines requests growth]   the parts to run; all of them take about 20 minutes
//     --quick               a look, in about four minutes
//     --only pairs,chains   these workloads
//     --with bullmq,pg-boss,floor
//     --rounds 3 --seconds 3
//     --out FOLDER          where the report goes
//     --profile FOLDER      CPU profiles of this engine's processes go there
//     --no-build            what is built is up to date
// A run of whole parts without a fault is published: tools/bench/results and the README show it. Others go to tmp/bench.
import { spawn, spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

import { currentCommit, describeMachine } from './machine.mjs';
import { compareEngines, PEERS } from './parts/engines.mjs';
import { measureGrowth } from './parts/growth.mjs';
import { measureRequests } from './parts/requests.mjs';
import { installPeers } from './peers.mjs';
import { shown } from './report/numbers.cjs';
import { page } from './report/page.cjs';
import { publish } from './report/publish.mjs';
import { workloads } from './workloads.cjs';

const { values: options, positionals } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    with: { type: 'string', default: PEERS.join() },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    out: { type: 'string' },
    profile: { type: 'string' },
    build: { type: 'boolean', default: true },
  },
  allowNegative: true,
  allowPositionals: true,
});

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const PARTS = { engines: compareEngines, requests: measureRequests, growth: measureGrowth };
const USUAL = { rounds: 3, seconds: 3 };

const names = positionals.length > 0 ? positionals : Object.keys(PARTS);
const parts = chosen(names, 'part', PARTS);
const workloadsByName = Object.fromEntries(workloads.map((workload) => [workload.name, workload]));
const wanted =
  options.only === undefined ? workloads : chosen(options.only.split(','), 'workload', workloadsByName);
const peers = options.with === '' ? [] : options.with.split(',');
chosen(peers, 'engine', Object.fromEntries(PEERS.map((name) => [name, name])));
const settings = {
  workloads: wanted,
  peers,
  rounds: positive('rounds') ?? (options.quick ? 1 : USUAL.rounds),
  seconds: positive('seconds') ?? (options.quick ? 1.5 : USUAL.seconds),
  isQuick: options.quick,
  profile: options.profile,
  say: (what, value) =>
    console.log(value === undefined ? `\n${what}` : `  ${what.padEnd(60)} ${shown(value)}`),
};
if (peers.some((name) => name !== 'floor')) {
  const node = installPeers();
  // One of them needs a newer one, and all are to run on the same.
  if (node !== process.execPath) process.exit(await runAgainOn(node));
}
// Everything that was started ends with this process.
for (const signal of SIGNALS) process.on(signal, () => process.exit(130));

const commit = currentCommit();
if (options.build) build();
const { rounds, seconds } = settings;
const report = {};
let hasFaults = false;
for (const [index, part] of parts.entries()) {
  const circumstances = {
    at: new Date().toISOString(),
    commit,
    machine: describeMachine(),
    run: { rounds, seconds },
  };
  try {
    report[names[index]] = { ...circumstances, ...(await part(settings)) };
  } catch (error) {
    // What the other parts find is not lost with it.
    console.error(`${names[index]} FAILED:`, error);
    hasFaults = true;
  }
}
console.log(`\n${page(report)}\n`);
const measured = [...(report.engines?.comparisons ?? []), ...(report.growth?.growth ?? [])];
hasFaults ||= measured.some(({ faults }) => faults.length > 0);
const why = whyNotPublic();
console.log(`Written: ${publish(report, { folder: options.out, isPublic: why === undefined }).join(', ')}`);
if (why !== undefined) console.log(`Not published: ${why}.`);
if (hasFaults) process.exitCode = 1;

/** What everyone is shown is whole, takes its time and is right. */
function whyNotPublic() {
  if (options.out !== undefined) return 'it was to go elsewhere';
  if (options.quick) return 'it was a quick look';
  if (options.profile !== undefined) return 'profiling takes time';
  if (wanted !== workloads || peers.length < PEERS.length) return 'workloads or engines were left out';
  if (rounds < USUAL.rounds || seconds < USUAL.seconds) return 'rounds were fewer or shorter than usual';
  return hasFaults ? 'there were faults' : undefined;
}

function runAgainOn(node) {
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' });
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}

function positive(name) {
  if (options[name] === undefined) return undefined;
  const number = Number(options[name]);
  if (number > 0) return number;
  console.error(`--${name} must be a number above 0.`);
  process.exit(2);
}

function build() {
  console.log('Building what has changed ...');
  const apps = 'api,orchestrator,worker,reaper';
  const { status } = spawnSync(
    'npx',
    ['--no-install', 'nx', 'run-many', '-t', 'build', '-p', apps, '--outputStyle=static'],
    { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' } },
  );
  if (status !== 0) process.exit(status ?? 1);
}

function chosen(names, what, all) {
  return names.map((name) => {
    if (name in all) return all[name];
    console.error(`There is no ${what} "${name}". There are: ${Object.keys(all).join(', ')}`);
    process.exit(2);
  });
}
