// The report as Markdown.
const { comparisonTable, costTable, figureTable, growthTable, totalCostTable } = require('./table.cjs');

/** All there is. @param {import('./report.cjs').Report} report @returns {string} */
function page({ engines, requests, growth }) {
  return [
    ...section('Beside other engines', engines, () => [
      '![The table as a chart](latest.svg)',
      comparisonTable(engines),
      ...costs(engines),
    ]),
    ...section('Requests', requests, () => [
      'Over 50 connections, where a row does not say otherwise:',
      figureTable(requests),
    ]),
    ...section(
      'Growth',
      growth,
      () => growth.growth.flatMap((one) => [`${one.title}:`, growthTable(one)]),
      'each measured once',
    ),
  ].join('\n\n');
}

/** Nothing where processes do not tell what they use. */
function costs(engines) {
  const table = costTable(engines);
  if (table === '') return [];
  return [
    'What all processes of each spend on a task, in microseconds of CPU:',
    totalCostTable(engines),
    'And which process of this engine spends it (the driver is the client):',
    table,
  ];
}

function section(title, part, paragraphs, how) {
  return part === undefined ? [] : [`## ${title}`, `${measured(part, how)}.`, ...paragraphs()];
}

/** The short version. @param {import('./report.cjs').Report} report @returns {string} */
function summary({ engines }) {
  return [
    `${measured(engines)}:`,
    '![How fast this engine and others are](tools/bench/results/latest.svg)',
    comparisonTable(engines),
  ].join('\n\n');
}

/** When, what, on what, with what, how often. */
function measured({ at, commit, machine, versions, run }, how = inRounds(run)) {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const where = `${machine.cpu}, ${machine.memory}, ${machine.system}`;
  const what = commit === undefined ? '' : ` at ${commit}`;
  return `Measured ${at.slice(0, 10)}${what} on ${where}, with ${programs.join(', ')}; ${how}`;
}

function inRounds({ rounds, seconds }) {
  return `medians (min-max) of ${rounds} rounds of ${seconds} s`;
}

module.exports = { page, summary };
