// All contenders do the same workload in turns, so that whatever else the machine does hits all of them alike.
import { measure } from './measure.mjs';
import { median, summary } from './statistics.cjs';

/**
 * @typedef {object} Result of one contender at one workload
 * @property {string} contender
 * @property {number} median in the unit of the workload
 * @property {number} min
 * @property {number} max
 * @property {number[]} values one of each round
 * @property {number} [p99]
 * @property {number} tasks of all rounds
 * @property {number} settleMs from the last task to the last result in its place
 * @property {Record<string, { cpuUsPerTask: number, peakMb: number }>} roles
 *
 * @typedef {object} Comparison
 * @property {string} name of the workload
 * @property {string} title
 * @property {string} unit
 * @property {Result[]} results
 * @property {{ contender: string, message: string }[]} faults
 */

/**
 * @param {import('../workloads.cjs').Workload} workload
 * @param {import('../contenders/contender.mjs').Contender[]} contenders
 * @param {{ rounds: number, seconds: number, warmUps: number, onMeasured?: (contender: string, value: number) => void }} options
 * @returns {Promise<Comparison>}
 */
export async function sideBySide(workload, contenders, { rounds, seconds, warmUps, onMeasured }) {
  const able = contenders.filter(({ canRun }) => canRun?.(workload) ?? true);
  const measurements = new Map(able.map((contender) => [contender, []]));
  const faults = [];
  const run = async (contender) => {
    try {
      return await measure(contender, workload, { seconds });
    } catch (error) {
      faults.push({ contender: contender.name, message: error.message });
      measurements.delete(contender);
      return undefined;
    }
  };
  // Code that is not compiled yet is nobody's speed. In turns: V8 forgets what it compiled for whoever idles for a minute.
  for (let index = 0; index < warmUps; index++)
    for (const contender of [...measurements.keys()]) await run(contender);
  for (let round = 0; round < rounds; round++) {
    for (const contender of rotated([...measurements.keys()], round)) {
      const measurement = await run(contender);
      if (measurement === undefined) continue;
      measurements.get(contender).push(measurement);
      onMeasured?.(contender.name, measurement.value);
    }
  }
  const { name, title, unit } = workload;
  const results = [...measurements].map(([contender, all]) => ({
    contender: contender.name,
    ...resultOf(all),
  }));
  return { name, title, unit, results, faults };
}

/** Nobody is always the first one. */
function rotated(list, by) {
  const from = by % Math.max(1, list.length);
  return [...list.slice(from), ...list.slice(0, from)];
}

/** @param {import('./measure.mjs').Measurement[]} measurements */
export function resultOf(measurements) {
  const values = measurements.map(({ value }) => value);
  const steps = measurements.map(({ p99 }) => p99).filter((p99) => p99 !== undefined);
  return {
    ...summary(values),
    values,
    ...(steps.length > 0 && { p99: median(steps) }),
    tasks: measurements.reduce((sum, { tasks }) => sum + tasks, 0),
    settleMs: median(measurements.map(({ settleMs }) => settleMs)),
    roles: rolesOf(measurements),
  };
}

function rolesOf(measurements) {
  const tasks = measurements.reduce((sum, one) => sum + one.tasks, 0);
  const roles = Object.keys(measurements[0]?.cost ?? {});
  return Object.fromEntries(
    roles.map((role) => {
      const costs = measurements.map(({ cost }) => cost[role]).filter((cost) => cost !== undefined);
      const cpuMs = costs.reduce((sum, cost) => sum + cost.cpuMs, 0);
      return [
        role,
        { cpuUsPerTask: (cpuMs * 1000) / tasks, peakMb: Math.max(...costs.map(({ peakMb }) => peakMb)) },
      ];
    }),
  );
}
