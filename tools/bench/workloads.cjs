// The workloads as pure data: a shape is a list of nodes in topological order, each the list of the indexes of its
// dependencies. Every node's value depends on the seed of its execution and on all of its dependencies, so that a
// task that was left out, or that saw the wrong data, shows in the results.

const MODULUS = 1_000_003;

/** @typedef {readonly (readonly number[])[]} Shape */

/**
 * @typedef {object} Workload
 * @property {string} name
 * @property {string} title
 * @property {Shape} shape
 * @property {number} inFlight executions at a time
 * @property {'workflows/s' | 'tasks/s' | 'ms a step' | 's'} unit what counts
 * @property {boolean} [once] one execution is the whole run
 * @property {boolean} [isTree] nobody has two dependents, apart from a root that starts all of it
 */

/** @type {readonly Workload[]} */
const workloads = [
  {
    name: 'pairs',
    title: '2-node chains, 50 in flight',
    shape: chain(2),
    inFlight: 50,
    unit: 'workflows/s',
    isTree: true,
  },
  {
    name: 'latency',
    title: 'a step in a chain, one at a time',
    shape: chain(10),
    inFlight: 1,
    unit: 'ms a step',
    isTree: true,
  },
  {
    name: 'chains',
    title: 'chains of 10, 100 in flight',
    shape: chain(10),
    inFlight: 100,
    unit: 'tasks/s',
    isTree: true,
  },
  {
    name: 'fanout',
    title: 'fan-out 100 -> fan-in, 10 in flight',
    shape: fanOut(100),
    inFlight: 10,
    unit: 'tasks/s',
    isTree: true,
  },
  {
    name: 'layers',
    title: '10 layers x 10, 3 dependencies each, 20 in flight',
    shape: layers(10, 10, 3),
    inFlight: 20,
    unit: 'tasks/s',
  },
  {
    name: 'wide',
    title: 'one DAG of 10,000 nodes: 1 -> 9,998 -> 1',
    shape: fanOut(9_998),
    inFlight: 1,
    unit: 's',
    once: true,
    isTree: true,
  },
  {
    name: 'large',
    title: 'one DAG of 10,000 nodes: 100 layers x 100',
    shape: layers(100, 100, 3),
    inFlight: 1,
    unit: 's',
    once: true,
  },
];

/** @returns {Shape} */
function chain(length) {
  return Array.from({ length }, (_, index) => (index === 0 ? [] : [index - 1]));
}

/** One node, `width` that depend on it, and one that depends on all of them. @returns {Shape} */
function fanOut(width) {
  const middle = Array.from({ length: width }, (_, index) => index + 1);
  return [[], ...middle.map(() => [0]), middle];
}

/** Every node depends on `degree` neighbours of the layer before. @returns {Shape} */
function layers(count, width, degree) {
  return Array.from({ length: count * width }, (_, index) => {
    const above = Math.floor(index / width) - 1;
    if (above < 0) return [];
    return Array.from({ length: degree }, (_, k) => above * width + ((index + k) % width)).sort(
      (a, b) => a - b,
    );
  });
}

/** What a task does: next to nothing. `sum`: of the values of its dependencies. */
function valueOf(seed, node, sum) {
  return (seed + node + sum) % MODULUS;
}

/** The values of all nodes, as they have to be. @returns {number[]} */
function expectedValues(shape, seed) {
  const values = [];
  for (const [node, dependencies] of shape.entries()) {
    const sum = dependencies.reduce((total, dependency) => total + values[dependency], 0);
    values.push(valueOf(seed, node, sum));
  }
  return values;
}

/** @returns {number[][]} the dependents of each node */
function dependentsOf(shape) {
  const dependents = shape.map(() => []);
  for (const [node, dependencies] of shape.entries())
    for (const dependency of dependencies) dependents[dependency].push(node);
  return dependents;
}

/** The nodes nobody depends on: their values are the results. */
function resultNodes(shape) {
  return dependentsOf(shape).flatMap((dependents, node) => (dependents.length === 0 ? [node] : []));
}

module.exports = { workloads, chain, fanOut, layers, valueOf, expectedValues, dependentsOf, resultNodes };
