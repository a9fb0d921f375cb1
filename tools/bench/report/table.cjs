// The report as Markdown: for the terminal and for the README.
const { isRate, ratioOf, shown, shownRange, shownRatio } = require('./numbers.cjs');
const { ENGINE, engineOf, floorsOf, peersOf } = require('./report.cjs');

/** @param {import('./report.cjs').Report} report */
function comparisonTable({ comparisons }) {
  const peers = namesOf(comparisons, peersOf);
  const floors = namesOf(comparisons, floorsOf);
  const head = ['workload', ENGINE, ...peers, 'x the best of them', ...floors];
  const rows = comparisons.map((comparison) => {
    const { title, unit, results, faults } = comparison;
    const cell = (name) => {
      const result = results.find(({ contender }) => contender === name);
      return result === undefined ? absent(faults, name) : shownRange(result);
    };
    const engine = engineOf(comparison);
    const latency = engine?.p99 === undefined ? '' : `, p99 ${shown(engine.p99)}`;
    return [
      `${title} (${unit})`,
      `**${cell(ENGINE)}**${latency}`,
      ...peers.map(cell),
      bestRatio(comparison),
      ...floors.map(cell),
    ];
  });
  return markdownTable([head, ...rows]);
}

/** What all processes of each spend on a task, together. @param {import('./report.cjs').Report} report */
function totalCostTable({ comparisons }) {
  const names = namesOf(comparisons, ({ results }) => results);
  const rows = comparisons.map(({ title, results, faults }) => [
    title,
    ...names.map((name) => {
      const roles = results.find(({ contender }) => contender === name)?.roles ?? {};
      const costs = Object.entries(roles).filter(([role]) => role !== 'driver');
      return costs.length === 0
        ? absent(faults, name)
        : shown(costs.reduce((sum, [, { cpuUsPerTask }]) => sum + cpuUsPerTask, 0));
    }),
  ]);
  return markdownTable([['CPU of all processes, us a task', ...names], ...rows]);
}

/** Which process of this engine spends how much on a task. @param {import('./report.cjs').Report} report */
function costTable({ comparisons }) {
  const engines = comparisons.map((comparison) => ({ ...comparison, engine: engineOf(comparison) }));
  const known = engines.filter(({ engine }) => engine !== undefined);
  const roles = [...new Set(known.flatMap(({ engine }) => Object.keys(engine.roles)))];
  if (roles.length === 0) return '';
  const rows = known.map(({ title, engine }) => [
    title,
    ...roles.map((role) => (engine.roles[role] === undefined ? '-' : shown(engine.roles[role].cpuUsPerTask))),
  ]);
  const memory = roles.map((role) =>
    shown(Math.max(...known.map(({ engine }) => engine.roles[role]?.peakMb ?? 0))),
  );
  return markdownTable([['CPU, us a task', ...roles], ...rows, ['memory, MB at most', ...memory]]);
}

/** @param {{ figures: import('../parts/requests.mjs').Figure[] }} report */
function figureTable({ figures }) {
  const optional = (value, show) => (value === undefined ? '-' : show(value));
  const rows = figures.map(({ what, unit, p50, p99, toBare, ...range }) => [
    what,
    `${shownRange(range)} ${unit}`,
    optional(toBare, shownRatio),
    optional(p50, shown),
    optional(p99, shown),
  ]);
  return markdownTable([['', '', 'x the bare POST', 'p50, ms', 'p99, ms'], ...rows]);
}

/** @param {import('../parts/growth.mjs').Growth} growth */
function growthTable({ rows }) {
  if (rows.length === 0) return 'Nothing was measured.';
  const head = Object.keys(rows[0]);
  return markdownTable([head, ...rows.map((row) => head.map((name) => shown(row[name])))]);
}

/** The ratio to the best peer. */
function bestRatio(comparison) {
  const { unit } = comparison;
  const engine = engineOf(comparison);
  const medians = peersOf(comparison).map(({ median }) => median);
  if (engine === undefined || medians.length === 0) return '-';
  const best = isRate(unit) ? Math.max(...medians) : Math.min(...medians);
  return shownRatio(ratioOf(unit, engine.median, best));
}

/** @param {string[][]} rows the first one is the head */
function markdownTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(3, ...rows.map((row) => row[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const [head, ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

/** Who failed is not one of those that cannot express the workload. */
function absent(faults, name) {
  return faults.some(({ contender }) => contender === name) ? 'failed' : '-';
}

/** Of all that took part, those that failed too. */
function namesOf(comparisons, of) {
  const all = comparisons.flatMap(({ results, faults }) => of({ results: [...results, ...faults] }));
  return [...new Set(all.map(({ contender }) => contender))];
}

module.exports = {
  bestRatio,
  comparisonTable,
  costTable,
  figureTable,
  growthTable,
  markdownTable,
  totalCostTable,
};
