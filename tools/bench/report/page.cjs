// The part of the README that a run writes.
const { comparisonTable, costTable } = require('./table.cjs');

/** @param {import('./report.cjs').Report} report */
function readmeSection(report) {
  const { at, machine, versions, run } = report;
  const { cpu, memory, system } = machine;
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const how = `medians (min-max) of ${run.rounds} rounds of ${run.seconds} s`;
  return [
    `Measured ${at.slice(0, 10)} on ${cpu}, ${memory}, ${system}; ${programs.join(', ')}; ${how}:`,
    '![chart](tools/bench/results/latest.svg)',
    comparisonTable(report),
    'Where the time of this engine goes:',
    costTable(report),
  ].join('\n\n');
}

module.exports = { readmeSection };
