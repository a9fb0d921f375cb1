// Compares what came out of a payload with what its file in payloads/expected says.
'use strict';

/**
 * Matchers stand where a value varies: an object with one of these keys.
 * Besides, the text "$execution_id" stands for the id of the execution.
 */
const matchers = {
  $type: (wanted, value) => (typeOf(value) === wanted ? undefined : `should be of type ${wanted}`),
  $match: (wanted, value) =>
    typeof value === 'string' && new RegExp(wanted).test(value) ? undefined : `should match /${wanted}/`,
  $gte: (wanted, value) =>
    typeof value === 'number' && value >= wanted ? undefined : `should be at least ${wanted}`,
  $size: (wanted, value) => (sizeOf(value) === wanted ? undefined : `should have ${wanted} entries`),
};

/**
 * @param {unknown} expected a value, with matchers
 * @param {unknown} actual
 * @param {{ executionId?: string }} [known]
 * @returns {string[]} what differs, each with where; empty when it fits
 */
function differences(expected, actual, known = {}, path = '') {
  const place = path === '' ? 'the value' : path;
  const told = (what) => [`${place} ${what}, but is ${shown(actual)}`];
  if (expected === '$execution_id') {
    return actual === known.executionId ? [] : told(`should be the execution's id ${known.executionId}`);
  }
  const keys = typeOf(expected) === 'object' ? Object.keys(expected) : [];
  if (keys.length === 1 && keys[0] === '$contains') {
    return typeOf(actual) === 'object'
      ? Object.entries(expected.$contains).flatMap(([key, inner]) =>
          differences(inner, actual[key], known, `${path}.${key}`),
        )
      : told('should be an object');
  }
  const matcher = keys.length === 1 && Object.hasOwn(matchers, keys[0]) ? matchers[keys[0]] : undefined;
  if (matcher !== undefined) {
    const problem = matcher(expected[keys[0]], actual);
    return problem === undefined ? [] : told(problem);
  }
  if (typeOf(expected) !== typeOf(actual)) return told(`should be ${shown(expected)}`);
  if (typeOf(expected) === 'array' && expected.length !== actual.length) {
    return told(`should have ${expected.length} entries`);
  }
  if (typeOf(expected) === 'array' || typeOf(expected) === 'object') {
    const all = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    return [...all].flatMap((key) => differences(expected[key], actual[key], known, `${path}.${key}`));
  }
  return Object.is(expected, actual) ? [] : told(`should be ${shown(expected)}`);
}

/**
 * @param {{ code: string, pointer: string, says?: string[] }[]} expected of a `*.faults.json`
 * @param {{ code: string, pointer: string, message: string }[]} actual `errors` of the answer
 * @returns {string[]}
 */
function faultDifferences(expected, actual) {
  const key = ({ code, pointer }) => `${code} at "${pointer}"`;
  const left = [...actual];
  const problems = expected.flatMap((fault) => {
    const says = fault.says ?? [];
    const index = left.findIndex(
      (one) => key(one) === key(fault) && says.every((words) => one.message.includes(words)),
    );
    if (index >= 0) {
      left.splice(index, 1);
      return [];
    }
    return [`${key(fault)} is missing${says.length > 0 ? ` (saying ${says.map(shown).join(', ')})` : ''}`];
  });
  return [...problems, ...left.map((fault) => `${key(fault)} was not expected: ${fault.message}`)];
}

function typeOf(value) {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function sizeOf(value) {
  if (typeOf(value) === 'object') return Object.keys(value).length;
  return Array.isArray(value) || typeof value === 'string' ? value.length : -1;
}

function shown(value) {
  const text = value === undefined ? 'absent' : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

module.exports = { differences, faultDifferences };
