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

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
    mutants: { type: 'boolean', default: false },
  },
});

const build = spawnSync('npx', ['--no-install', 'tsc', '--build', 'libs/execution/tsconfig.lib.json'], {
  stdio: 'inherit',
});
if (build.status !== 0) process.exit(build.status ?? 1);

if (values.mutants) process.exitCode = await runMutants(Number(values.seeds ?? 3000));
else {
  const { simulate } = createRequire(import.meta.url)(
    '../libs/execution/dist/testing/simulation/simulation.js',
  );
  process.exitCode =
    values.seed === undefined ? await many(simulate) : await one(simulate, Number(values.seed));
}

async function one(simulate, seed) {
  const report = await simulate(seed, values.trace ? (line) => console.log(line) : undefined);
  console.log(summary(report));
  for (const fault of report.faults) console.log(`  ${fault}`);
  return report.faults.length > 0 ? 1 : 0;
}

async function many(simulate) {
  const [count, from] = [Number(values.seeds ?? 1000), Number(values.from)];
  const begin = performance.now();
  let [executions, happenings, broken] = [0, 0, 0];
  const perMinute = () => Math.round((executions / (performance.now() - begin)) * 60_000);
  for (let seed = from; seed < from + count; seed++) {
    const report = await simulate(seed);
    executions += report.executions;
    happenings += report.happenings;
    if (report.faults.length > 0) {
      broken += 1;
      console.log(`seed ${seed}: npm run simulate -- --seed ${seed} --trace`);
      for (const fault of report.faults.slice(0, 5)) console.log(`  ${fault}`);
    }
    if ((seed - from + 1) % PROGRESS_EVERY === 0 && seed < from + count - 1)
      console.log(`${seed - from + 1} of ${count} seeds, ${perMinute()} executions a minute`);
  }
  console.log(
    `${count} seeds, ${executions} executions, ${happenings} steps, ${perMinute()} executions a minute: ${broken} seeds broke a promise`,
  );
  return broken > 0 ? 1 : 0;
}

function summary({ seed, executions, happenings, elapsedMs, faults }) {
  const verdict = faults.length === 0 ? 'every promise kept' : `${faults.length} broken promises`;
  return `seed ${seed}: ${executions} executions, ${happenings} steps in ${elapsedMs / 1000} simulated seconds: ${verdict}`;
}
