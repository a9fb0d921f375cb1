// Checks and compiles a definition of 100,000 nodes and 300,000 edges, and shows what that costs in time and memory.
// Usage: node tools/bench/dag.mjs [nodes] [edges per node]. Exits with 1 if it misses its bounds.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const maxSeconds = 1;
const maxMegabytes = 300;
const rounds = 7;

const dist = fileURLToPath(new URL('../../libs/dag/dist/index.js', import.meta.url));
if (!existsSync(dist)) {
  console.error('libs/dag is not built yet. Build it first: npx nx build dag');
  process.exit(2);
}

const args = process.argv.slice(2);
if (args[0] === '--measure') console.log(JSON.stringify(measureFile(args[1])));
else main(...args.map(Number));

function main(nodeCount = 100_000, degree = 3) {
  const text = JSON.stringify(definitionOf(nodeCount, degree));
  const cost = inFreshProcess(text);
  console.log(`${nodeCount} nodes, ${cost.edges} edges, ${(text.length / 1e6).toFixed(1)} MB of JSON\n`);
  console.log(`${''.padEnd(34)}  first    best   worst of ${rounds}`);
  row('JSON.parse of the text (floor)', cost.floor);
  row('parseDefinition (check + compile)', cost.parse);
  const ratio = (cost.parse.first / cost.floor.first).toFixed(2);
  console.log(
    `\nratio to the floor: ${ratio} (first), ${(cost.parse.best / cost.floor.best).toFixed(2)} (best)`,
  );
  console.log(`peak memory above the parsed document: ${cost.growth.toFixed(0)} MB (one submission)`);
  const met = cost.parse.worst < maxSeconds * 1e3 && cost.growth < maxMegabytes;
  console.log(`bounds (${maxSeconds} s, ${maxMegabytes} MB): ${met ? 'met' : 'MISSED'}`);
  process.exitCode = met ? 0 : 1;
}

/** A process of its own, so that making the text does not hide the peak. */
function inFreshProcess(text) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-dag-'));
  try {
    const file = join(folder, 'definition.json');
    writeFileSync(file, text);
    const script = fileURLToPath(import.meta.url);
    return JSON.parse(execFileSync(process.execPath, [script, '--measure', file], { encoding: 'utf8' }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function measureFile(file) {
  const { parseDefinition } = createRequire(import.meta.url)(dist);
  const text = readFileSync(file, 'utf8');
  let document;
  const firstFloor = time(() => (document = JSON.parse(text)));
  const accepted = () => {
    const checked = parseDefinition(document);
    if (!checked.ok) throw new Error(JSON.stringify(checked.faults.slice(0, 3)));
    return checked.value.graph.edgeCount;
  };
  const before = process.memoryUsage().rss;
  const firstParse = time(accepted);
  const growth = (process.resourceUsage().maxRSS * 1024 - before) / 1e6;
  const floor = summary([firstFloor, ...repeat(() => JSON.parse(text))]);
  return { edges: accepted(), floor, parse: summary([firstParse, ...repeat(accepted)]), growth };
}

function repeat(run) {
  return Array.from({ length: rounds - 1 }, () => time(run));
}

function time(run) {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function summary(times) {
  return { first: times[0], best: Math.min(...times), worst: Math.max(...times) };
}

function row(name, { first, best, worst }) {
  const cells = [first, best, worst].map((ms) => ms.toFixed(0).padStart(5));
  console.log(`${name.padEnd(34)} ${cells.join(' ms')} ms`);
}

/** Every node depends on its predecessor and on nodes far before it: deep and wide at once. */
function definitionOf(count, degree) {
  const nodes = Array.from({ length: count }, (_, i) => {
    const own = Math.min(i, degree);
    const dependencies = Array.from({ length: own }, (_, k) => `node-${i - 1 - Math.floor((k * i) / own)}`);
    const config = { url: `https://example.com/items/${i}`, body: { n: i, tags: ['a', 'b'] } };
    return { id: `node-${i}`, handler: 'http', dependencies, config };
  });
  return { name: 'bench', dag: { nodes } };
}
