import { answer } from '../../process-messages.mjs';
import { dependentsOf, resultNodes } from '../../workloads.cjs';
import { connect, follow, send } from './streams.mjs';

const pack = Number(process.env.PACK);
const writer = connect();
let shape = [];
let dependents = [];
let roots = [];
let sinks = new Set();
let executions = new Map();
let results = [];
let noneLeft = () => undefined;

answer({
  begin(given) {
    shape = given.shape;
    dependents = dependentsOf(shape);
    roots = shape.flatMap((dependencies, node) => (dependencies.length === 0 ? [node] : []));
    sinks = new Set(resultNodes(shape));
    executions = new Map();
    results = [];
  },
  async start({ seeds }) {
    for (const seed of seeds) {
      const waiting = shape.map((dependencies) => dependencies.length);
      executions.set(seed, { waiting, sums: new Float64Array(shape.length), left: shape.length, values: {} });
    }
    const items = seeds.flatMap((seed) => roots.map((node) => [seed, node, 0]));
    await send(writer, { to: 'tasks', items, pack });
  },
  async settled() {
    if (executions.size > 0) await new Promise((resolve) => (noneLeft = resolve));
  },
  results: () => results,
});

await follow('outcomes', (acked, outcomes) => {
  const items = [];
  for (const [seed, node, value] of outcomes) {
    const execution = executions.get(seed);
    if (sinks.has(node)) execution.values[node] = value;
    for (const dependent of dependents[node]) {
      execution.sums[dependent] += value;
      if (--execution.waiting[dependent] === 0) items.push([seed, dependent, execution.sums[dependent]]);
    }
    if (--execution.left > 0) continue;
    results.push({ seed, values: execution.values });
    executions.delete(seed);
  }
  void send(writer, { ackedIn: 'outcomes', acked, to: 'tasks', items, pack });
  if (executions.size === 0) noneLeft();
});
