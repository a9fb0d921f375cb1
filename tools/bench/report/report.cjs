// What a run has found, as data. The table, the chart and the page are made of this and of nothing else.

/**
 * @typedef {object} Report
 * @property {string} at ISO 8601
 * @property {Record<string, string>} machine
 * @property {Record<string, string>} versions
 * @property {{ rounds: number, seconds: number }} run
 * @property {import('../measure/side-by-side.mjs').Comparison[]} comparisons
 * @property {import('../measure/section.mjs').Section[]} [sections] further figures of this engine
 */

const ENGINE = 'this engine';
const FLOORS = 'floor';

/** @returns {import('../measure/side-by-side.mjs').Result | undefined} */
function engineOf({ results }) {
  return results.find(({ contender }) => contender === ENGINE);
}

/** The engines that are compared with this one. */
function peersOf({ results }) {
  return results.filter(({ contender }) => contender !== ENGINE && !contender.startsWith(FLOORS));
}

function floorsOf({ results }) {
  return results.filter(({ contender }) => contender.startsWith(FLOORS));
}

module.exports = { ENGINE, FLOORS, engineOf, peersOf, floorsOf };
