// One measurement: a workload on a contender, and whether everything that was to be done was done, once and rightly.
import { checkReport, checkResults } from './checks.cjs';
import { closedLoop } from './closed-loop.mjs';
import { costBetween, costs, ownCost } from './process-cost.mjs';
import { median, quantile } from './statistics.cjs';

/**
 * @typedef {object} Measurement
 * @property {number} value in the unit of the workload
 * @property {number} [p99] of the steps, if that is the unit
 * @property {number} executions
 * @property {number} tasks
 * @property {number} settleMs from the last task to the last result in its place
 * @property {Record<string, import('./process-cost.mjs').Cost>} cost of each role and the driver
 */

/**
 * @param {{ seconds: number }} options
 * @returns {Promise<Measurement>}
 * @throws when a task did not run, ran twice, or a result is missing or wrong
 */
export async function measure(contender, workload, options) {
  await contender.begin(workload);
  const look = () => ({ ...costs(contender.processes), driver: ownCost() });
  const before = look();
  const { executions, ranMs, settledMs } = await closedLoop(contender, workload, options);
  const cost = costBetween(before, look());
  const report = await contender.report();
  checkReport(report, executions, workload.shape);
  checkResults(await contender.results(), executions, workload.shape);
  const tasks = executions * workload.shape.length;
  const seconds = settledMs / 1000;
  const common = { executions, tasks, settleMs: settledMs - ranMs, cost };
  switch (workload.unit) {
    case 'workflows/s':
      return { value: executions / seconds, ...common };
    case 'tasks/s':
      return { value: tasks / seconds, ...common };
    case 's':
      return { value: seconds, ...common };
    case 'ms a step':
      return { value: median(report.steps), p99: quantile(report.steps, 0.99), ...common };
    default:
      throw new Error(`there is no unit "${workload.unit}"`);
  }
}
