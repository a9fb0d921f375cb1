// `npm run bench`: this engine, whole, beside BullMQ flows, pg-boss and a bare loop over Redis Streams, on the same
// workloads, in turns. Brings its own Redis and PostgreSQL, checks every result, prints tables.
//   npm run bench [-- --quick] [--only pairs,chains] [--with bullmq,pg-boss,floor] [--rounds 3] [--seconds 3]
//                 [--out FOLDER] [--no-build]
// A whole run is published: tools/bench/results and the README show it. Others go to tmp/bench.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

import { startBullMq } from './contenders/bullmq.mjs';
import { startEngine } from './contenders/engine.mjs';
import { startFloor } from './contenders/floor.mjs';
import { startPgBoss } from './contenders/pg-boss.mjs';
import { describeMachine } from './machine.mjs';
import { sideBySide } from './measure/side-by-side.mjs';
import { installPeers } from './peers.mjs';
import { shown } from './report/numbers.cjs';
import { publish } from './report/publish.mjs';
import { comparisonTable, costTable } from './report/table.cjs';
import { Services } from './services.mjs';
import { workloads } from './workloads.cjs';

const PEERS = ['bullmq', 'pg-boss', 'floor'];

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    with: { type: 'string', default: PEERS.join() },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    out: { type: 'string' },
    build: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
// Everything else that was started goes with this process.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

const wanted = chosen(options.only, workloads, 'workload');
const beside = chosen(
  options.with,
  PEERS.map((name) => ({ name })),
  'engine',
).map(({ name }) => name);
const isWhole = !options.quick && wanted.length === workloads.length && beside.length === PEERS.length;
const rounds = Number(options.rounds ?? (options.quick ? 1 : 3));
const seconds = Number(options.seconds ?? (options.quick ? 1.5 : 3));

if (options.build) build();
const services = new Services();
const contenders = [];
try {
  const versions = await startContenders();
  const comparisons = [];
  for (const workload of wanted) {
    console.log(`\n${workload.title} (${workload.unit})`);
    const onMeasured = (name, value) => console.log(`  ${name.padEnd(32)} ${shown(value).padStart(9)}`);
    const comparison = await sideBySide(workload, contenders, { rounds, seconds, onMeasured });
    for (const { contender, message } of comparison.faults)
      console.error(`  ${contender} FAILED: ${message}`);
    comparisons.push(comparison);
  }
  const machine = describeMachine();
  const report = { at: new Date().toISOString(), machine, versions, run: { rounds, seconds }, comparisons };
  console.log(`\n${comparisonTable(report)}\n\n${costTable(report)}\n`);
  console.log(`Written: ${publish(report, { folder: options.out, isWhole }).join(', ')}`);
  if (comparisons.some(({ faults }) => faults.length > 0)) process.exitCode = 1;
} finally {
  await Promise.allSettled(contenders.map((contender) => contender.stop()));
  await services.stop();
}

/** @returns {Promise<Record<string, string>>} versions of everything */
async function startContenders() {
  const peers = beside.some((name) => name !== 'floor') ? installPeers() : undefined;
  console.log('Starting ...');
  contenders.push(
    await startEngine({ redis: await services.redis(), database: await services.database('engine') }),
  );
  if (beside.includes('bullmq'))
    contenders.push(await startBullMq({ redis: await services.redis(), node: peers.node }));
  if (beside.includes('pg-boss'))
    contenders.push(await startPgBoss({ database: await services.database('pgboss'), node: peers.node }));
  if (beside.includes('floor'))
    for (const pack of [1, 50]) contenders.push(await startFloor({ redis: await services.redis(), pack }));
  return { node: process.version, ...(await services.versions()), ...peers?.versions };
}

function build() {
  console.log('Building what has changed ...');
  const { status } = spawnSync(
    'npx',
    [
      '--no-install',
      'nx',
      'run-many',
      '-t',
      'build',
      '-p',
      'api,orchestrator,worker,reaper',
      '--outputStyle=static',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' } },
  );
  if (status !== 0) process.exit(status ?? 1);
}

function chosen(names, all, what) {
  if (names === undefined) return all;
  return names.split(',').map((name) => {
    const found = all.find((one) => one.name === name.trim());
    if (found !== undefined) return found;
    console.error(`There is no ${what} "${name}". There are: ${all.map((one) => one.name).join(', ')}`);
    process.exit(2);
  });
}
