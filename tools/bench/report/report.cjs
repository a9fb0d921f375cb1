// What runs have found, as data. Tables, chart and pages are made of this and of nothing else.

/**
 * @typedef {object} Circumstances of a part
 * @property {string} at ISO 8601
 * @property {string} [commit] unknown where there is no Git
 * @property {Record<string, string>} machine
 * @property {Record<string, string>} versions
 * @property {{ rounds: number, seconds: number }} run
 *
 * @typedef {Circumstances & { comparisons: import('../measure/side-by-side.mjs').Comparison[] }} Engines
 * @typedef {Circumstances & { figures: import('../parts/requests.mjs').Figure[] }} Requests
 * @typedef {Circumstances & { growth: import('../parts/growth.mjs').Growth[] }} Grown
 * @typedef {{ engines?: Engines, requests?: Requests, growth?: Grown }} Report
 */

const ENGINE = 'this engine';
const FLOOR = 'floor';

/** @returns {import('../measure/side-by-side.mjs').Result | undefined} */
function engineOf({ results }) {
  return results.find(({ contender }) => contender === ENGINE);
}

/** The engines that are compared with this one. */
function peersOf({ results }) {
  return results.filter(({ contender }) => contender !== ENGINE && !contender.startsWith(FLOOR));
}

function floorsOf({ results }) {
  return results.filter(({ contender }) => contender.startsWith(FLOOR));
}

module.exports = { ENGINE, engineOf, peersOf, floorsOf };
