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
    ...section('Requests', requests, () => ['The api, asked over 50 connections:', figureTable(requests)]),
    ...section('Growth', growth, () => growth.growth.flatMap((one) => [`${one.title}:`, growthTable(one)])),
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

function section(title, part, paragraphs) {
  return part === undefined ? [] : [`## ${title}`, `${measured(part)}.`, ...paragraphs()];
}

/** The short version. @param {import('./report.cjs').Report} report @returns {string} */
function summary({ engines }) {
  return [
    `${measured(engines)}:`,
    '![How fast this engine and others are](tools/bench/results/latest.svg)',
    comparisonTable(engines),
  ].join('\n\n');
}

/** When, on what, with what, how often. */
function measured({ at, machine, versions, run }) {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const where = `${machine.cpu}, ${machine.memory}, ${machine.system}`;
  const how = `medians (min-max) of ${run.rounds} rounds of ${run.seconds} s`;
  return `Measured ${at.slice(0, 10)} on ${where}, with ${programs.join(', ')}; ${how}`;
}

module.exports = { page, summary };
