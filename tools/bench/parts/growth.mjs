// How the cost of this engine grows: with the nodes of one execution, with executions that wait, with a large one
// beside them, with tasks that are queued. Each measurement has an engine and servers of its own, so that memory is
// what it says.
import { setTimeout as sleep } from 'node:timers/promises';

import { definitionOf, startEngine, startEngineWorker } from '../contenders/engine.mjs';
import { checkAnswers } from '../measure/checks.cjs';
import { httpLoad } from '../measure/http-load.mjs';
import { measure } from '../measure/measure.mjs';
import { costs, heldMb } from '../measure/process-cost.mjs';
import { quantile } from '../measure/statistics.cjs';
import { Redis, Services } from '../services.mjs';
import { layers, workloads } from '../workloads.cjs';

const BULK_LIMIT = 1_000;
const LOOK_EVERY_MS = 20;
const PATIENCE_MS = 600_000;
const ROOM_FOR_LARGE = { MAX_BODY_BYTES: `${64 * 1024 * 1024}` };

/** @typedef {{ title: string, rows: Record<string, number>[], faults: { size: number, message: string }[] }} Growth */

/** @param {import('./engines.mjs').Settings} settings `isQuick`: a tenth @returns {Promise<{ growth: Growth[] }>} */
export async function measureGrowth({ isQuick, say }) {
  const sizes = isQuick ? [100, 1_000, 10_000] : [1_000, 10_000, 100_000];
  let versions = {};
  const grow = async (title, all, rowOf) => {
    say(title);
    const [rows, faults] = [[], []];
    for (const size of all) {
      try {
        const row = await withEngine(async (started) => {
          versions = await started.services.versions();
          return rowOf(size, started);
        });
        for (const [what, value] of Object.entries(row)) say(what, value);
        rows.push(row);
      } catch (error) {
        console.error(`  ${size} FAILED: ${error.message}`);
        faults.push({ size, message: error.message });
      }
    }
    return { title, rows, faults };
  };
  const growth = [
    await grow('One execution of so many nodes, 3 dependencies each', sizes, ofNodes),
    await grow('So many executions wait, while chains of 10 run', sizes, ofWaiting),
    await grow('Short executions, one after the other, beside one of so many nodes', sizes, ofNeighbour),
    await grow('So many tasks are queued before a worker comes', [sizes[2], sizes[2] * 10], ofQueued),
  ];
  return { growth, versions };
}

async function withEngine(use) {
  const services = new Services();
  let engine;
  try {
    const [redis, database] = [await services.redis(), await services.database('engine')];
    engine = await startEngine({ redis, database, env: ROOM_FOR_LARGE });
    return await use({ engine, redis, services });
  } finally {
    await engine?.stop();
    await services.stop();
  }
}

async function ofNodes(nodes, { engine }) {
  const shape = layers(nodes / 100, 100, 3);
  const workload = { name: 'grown', title: '', shape, inFlight: 1, unit: 's', once: true };
  // The second time, code is compiled and the definition is known.
  await measure(engine, workload, { seconds: 1 });
  const { value } = await measure(engine, workload, { seconds: 1 });
  return {
    nodes,
    seconds: value,
    'us a node': (value * 1e6) / nodes,
    ...peaks(engine, ['api', 'orchestrator', 'worker', 'reaper']),
  };
}

async function ofWaiting(waiting, { engine, redis }) {
  const chains = workloads.find(({ name }) => name === 'chains');
  const nodes = [
    { id: 'wait', handler: 'delay', config: { duration: 'PT1H' } },
    { id: 'after', handler: 'bench', dependencies: ['wait'], config: { seed: 1, node: 1, from: [] } },
  ];
  await engine.api.post('/api/v1/definitions', { name: 'waiting', dag: { nodes } });
  // The first time, code is not compiled yet.
  await measure(engine, chains, { seconds: 3 });
  const without = await measure(engine, chains, { seconds: 3 });
  const events = await engine.eventCount();
  const memory = await usedMemory(redis);
  const held = heldMb(engine.processes.orchestrator);
  const from = performance.now();
  await startMany(engine, 'waiting', waiting);
  // That it has begun, and until when it waits.
  await engine.archived(events + 2 * waiting);
  const seconds = (performance.now() - from) / 1000;
  const memoryMore = (await usedMemory(redis)) - memory;
  const heldMore = heldMb(engine.processes.orchestrator) - held;
  const beside = await measure(engine, chains, { seconds: 3 });
  return {
    waiting,
    'begun a second': waiting / seconds,
    'tasks/s of the chains': beside.value,
    'x without them': beside.value / without.value,
    'Redis, bytes each': memoryMore / waiting,
    'orchestrator, MB more': heldMore,
  };
}

async function ofNeighbour(nodes, { engine: { api } }) {
  const shapes = { short: layers(2, 6, 3), large: layers(nodes / 100, 100, 3) };
  for (const [name, shape] of Object.entries(shapes))
    await api.post('/api/v1/definitions', definitionOf(name, shape));
  const pathOf = (name) => `/api/v1/definitions/${name}/executions?wait=PT60S`;
  const bodyOf = (seed) => ({ input: { seed } });
  /** Milliseconds from each start of a short one to its result, ... */
  const shortOnes = async (goesOn) => {
    let seed = 0;
    const request = () => ({ method: 'POST', path: pathOf('short'), body: bodyOf(++seed) });
    const next = () => (goesOn() ? request() : undefined);
    const load = { url: api.url, connections: 1, seconds: 3, next, keepAnswers: true };
    const { latencies, answers } = await httpLoad(load);
    checkAnswers(answers, shapes.short);
    return latencies;
  };
  /** ... while a large one runs. */
  const besideLarge = async () => {
    let isRunning = true;
    const large = api.post(pathOf('large'), bodyOf(1)).finally(() => (isRunning = false));
    const [latencies, answer] = await Promise.all([shortOnes(() => isRunning), large]);
    checkAnswers([answer], shapes.large);
    return latencies;
  };
  // The first time, code is not compiled yet.
  await besideLarge();
  const alone = await shortOnes(() => true);
  const beside = await besideLarge();
  return {
    nodes,
    'alone, ms p50': quantile(alone, 0.5),
    'alone, ms p99': quantile(alone, 0.99),
    'beside it, ms p50': quantile(beside, 0.5),
    'beside it, ms p99': quantile(beside, 0.99),
  };
}

async function ofQueued(tasks, { engine, redis }) {
  const width = 1_000;
  const shape = Array.from({ length: width }, () => []);
  const env = { REDIS_URL: redis.url, WORKER_QUEUES: 'later', BENCH_NODES: `${width}` };
  const { name, dag } = definitionOf('queued', shape);
  // Definitions are checked against what workers offer.
  await withWorker(env, () =>
    engine.api.post('/api/v1/definitions', {
      name,
      dag: { nodes: dag.nodes.map((node) => ({ ...node, queue: 'later' })) },
    }),
  );
  const before = await usedMemory(redis);
  const from = performance.now();
  await startMany(engine, name, tasks / width);
  // That it has begun, and that its tasks are sent.
  await engine.archived(tasks / width + tasks);
  const seconds = (performance.now() - from) / 1000;
  const memory = await usedMemory(redis);
  const quarters = await withWorker(env, (worker) => drain(worker, engine, tasks));
  return {
    tasks,
    'queued a second': tasks / seconds,
    'Redis, bytes each': (memory - before) / tasks,
    ...Object.fromEntries(quarters.map((rate, index) => [`drained a second, ${index + 1}/4`, rate])),
    ...peaks(engine, ['orchestrator', 'reaper']),
  };
}

/** What the processes of these roles held at most. */
function peaks({ processes }, roles) {
  const known = costs(processes);
  return Object.fromEntries(roles.map((role) => [`${role}, peak MB`, known[role]?.peakMb ?? NaN]));
}

/** @returns {Promise<number[]>} tasks a second in each quarter of the work */
async function drain(worker, engine, tasks) {
  const marks = [performance.now()];
  const deadline = marks[0] + PATIENCE_MS;
  while (marks.length <= 4) {
    const count = await worker.ask('count');
    while (marks.length <= 4 && count >= (tasks * marks.length) / 4) marks.push(performance.now());
    if (performance.now() > deadline) throw new Error(`${count} of ${tasks} tasks ran`);
    await sleep(LOOK_EVERY_MS);
  }
  await engine.idle();
  const { repeated, unfinished } = await worker.ask('report');
  if (repeated > 0) throw new Error(`${repeated} tasks ran more than once`);
  if (unfinished > 0) throw new Error(`${unfinished} executions are not complete`);
  return marks.slice(1).map((mark, index) => tasks / 4 / ((mark - marks[index]) / 1000));
}

async function startMany(engine, name, count) {
  for (let from = 0; from < count; from += BULK_LIMIT) {
    const executions = Array.from({ length: Math.min(BULK_LIMIT, count - from) }, (_, index) => ({
      input: { seed: from + index },
    }));
    await engine.api.post(`/api/v1/definitions/${name}/executions/bulk`, { executions });
  }
}

async function withWorker(env, use) {
  const worker = startEngineWorker(env);
  try {
    await worker.printed(/listens on/);
    return await use(worker);
  } finally {
    await worker.stop();
  }
}

async function usedMemory({ url }) {
  const client = new Redis(url);
  const info = await client.info('memory');
  client.disconnect();
  return Number(/^used_memory:(\d+)/m.exec(info)?.[1]);
}
