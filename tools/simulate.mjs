// `npm run simulate`: runs the whole engine in memory under a seeded scheduler that crashes, pauses, delays, repeats
// and loses whatever it likes, and checks every promise afterwards. Builds what is stale first.
//   npm run simulate -- [--seeds 1000] [--from 1]     so many seeds; ends with exit code 1 when a promise was broken
//   npm run simulate -- --seed N [--trace]            one seed; with everything that happened, step by step
//   npm run simulate -- --mutants [--seeds 3000]      removes one rule after the other and shows that it is noticed
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';

import { runMutants } from './simulate/mutants.mjs';

const PROGRESS_EVERY = 500;

const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string' },
    from: { type: 'string' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
    mutants: { type: 'boolean', default: false },
  },
});

const seed = numberOf('seed');
const from = numberOf('from') ?? 1;
const seeds = numberOf('seeds') ?? (options.mutants ? 3000 : 1000);

let current = seed ?? from;
// Of something that nobody waits for.
process.on('unhandledRejection', (error) => {
  console.error(replay(current), error);
  process.exit(1);
});

const build = spawnSync('npx', ['--no-install', 'tsc', '--build', 'libs/execution/tsconfig.lib.json'], {
  stdio: 'inherit',
});
if (build.status !== 0) process.exit(build.status ?? 1);

if (options.mutants) process.exitCode = await runMutants(seeds);
else {
  const { simulate } = createRequire(import.meta.url)(
    '../libs/execution/dist/testing/simulation/simulation.js',
  );
  process.exitCode = seed === undefined ? await many(simulate) : await one(simulate);
}

/** Undefined when it is left out. */
function numberOf(option) {
  const given = options[option];
  if (given === undefined) return undefined;
  if (/^[1-9]\d{0,14}$/.test(given)) return Number(given);
  console.error(`--${option} takes a whole number from 1 on, not "${given}".`);
  process.exit(2);
}

function replay(broken) {
  return `seed ${broken}: npm run simulate -- --seed ${broken} --trace`;
}

async function one(simulate) {
  const report = await simulate(seed, options.trace ? (line) => console.log(line) : undefined);
  console.log(summary(report));
  for (const fault of report.faults) console.log(`  ${fault}`);
  return report.faults.length > 0 ? 1 : 0;
}

async function many(simulate) {
  const begin = performance.now();
  let [executions, completed, happenings, broken] = [0, 0, 0, 0];
  const perMinute = () => Math.round((executions / (performance.now() - begin)) * 60_000);
  for (; current < from + seeds; current++) {
    const report = await simulate(current);
    executions += report.executions;
    completed += report.completed;
    happenings += report.happenings;
    if (report.faults.length > 0) {
      broken += 1;
      console.log(replay(current));
      for (const fault of report.faults.slice(0, 5)) console.log(`  ${fault}`);
    }
    const done = current - from + 1;
    if (done % PROGRESS_EVERY === 0 && done < seeds)
      console.log(`${done} of ${seeds} seeds, ${perMinute()} executions a minute`);
  }
  console.log(
    `${seeds} seeds, ${executions} executions (${completed} completed), ${happenings} steps, ${perMinute()} executions a minute: ${broken} seeds broke a promise`,
  );
  return broken > 0 ? 1 : 0;
}

function summary({ seed, executions, completed, happenings, elapsedMs, faults }) {
  const verdict = faults.length === 0 ? 'every promise kept' : `${faults.length} broken promises`;
  return `seed ${seed}: ${executions} executions (${completed} completed), ${happenings} steps in ${elapsedMs / 1000} simulated seconds: ${verdict}`;
}
