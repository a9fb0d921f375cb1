// What the api does with requests, beside a bare Nest POST: how many of each kind a second, how long a client waits
// for a result, and how fast definitions are checked.
import { createRequire } from 'node:module';

import { startProcess } from '../child-process.mjs';
import { definitionOf, startEngine } from '../contenders/engine.mjs';
import { checkAnswers, checkStatuses } from '../measure/checks.cjs';
import { httpLoad } from '../measure/http-load.mjs';
import { quantile, summary } from '../measure/statistics.cjs';
import { Services } from '../services.mjs';
import { chain, layers } from '../workloads.cjs';

const require = createRequire(import.meta.url);

const CONNECTIONS = 50;
const BULK = 100;
const BULK_CONNECTIONS = 4;
const RESULT_SHAPE = chain(2);
const bareFile = new URL('../contenders/bare-nest.mjs', import.meta.url).pathname;

/**
 * @typedef {object} Figure
 * @property {string} what
 * @property {string} unit
 * @property {number} median
 * @property {number} min
 * @property {number} max
 * @property {number} [p50] milliseconds that a caller waits
 * @property {number} [p99]
 * @property {number} [toBare] how many times what the bare POST does
 */

/** @param {import('./engines.mjs').Settings} settings @returns {Promise<{ figures: Figure[] }>} */
export async function measureRequests({ rounds, seconds, say }) {
  const services = new Services();
  const bare = startProcess('bare', { file: bareFile });
  let engine;
  try {
    const [, bareUrl] = await bare.printed(/listens on (http:\S+)/);
    engine = await startEngine({
      redis: await services.redis(),
      database: await services.database('engine'),
    });
    say('What the api does with requests');
    const figures = await inTurns(engine, bareUrl, { rounds, seconds, say });
    return { figures, versions: await services.versions() };
  } finally {
    await Promise.allSettled([engine?.stop(), bare.stop()]);
    await services.stop();
  }
}

async function inTurns({ api, idle, startedCounts }, bareUrl, { rounds, seconds, say }) {
  await api.post('/api/v1/definitions', greeting('bench-requests'));
  await api.post('/api/v1/definitions', definitionOf('bench-result', RESULT_SHAPE));
  const routes = routesOf({ url: api.url, idle, bareUrl, seconds });
  const measured = new Map(Object.keys(routes).map((what) => [what, []]));
  let started = 0;
  // The first round is for code that is not compiled yet.
  for (let round = 0; round <= rounds; round++) {
    for (const [what, route] of Object.entries(routes)) {
      const result = await route();
      await idle();
      started += result.started ?? 0;
      checkStatuses(await startedCounts(), started);
      if (round === 0) continue;
      measured.get(what).push(result);
      say(`${what} (${result.unit})`, result.rate);
    }
  }
  return figuresOf(measured);
}

/** Each one measures once. The trigger and the status need executions, which the submissions before leave to them. */
function routesOf({ url, idle, bareUrl, seconds }) {
  const start = '/api/v1/definitions/bench-requests/executions';
  const input = { seed: 1 };
  /** `starts`: executions that a request starts. */
  const load = async ({ starts = 0, ...options }) => {
    const { requests, perSecond, latencies, answers } = await httpLoad({
      url,
      connections: CONNECTIONS,
      seconds,
      ...options,
    });
    const started = requests * starts;
    return { requests, started, rate: perSecond, unit: 'requests/s', latencies, answers };
  };
  const post = (path, body) => ({ method: 'POST', path, body });
  const each = (ids, request) => {
    const left = [...ids];
    return () => (left.length === 0 ? undefined : request(left.pop()));
  };
  let submitted = [];
  return {
    [BARE]: () => load({ url: bareUrl, next: () => post('/start', { input }) }),
    'start in one call': () => load({ starts: 1, next: () => post(start, { input }) }),
    [`start ${BULK} in one call, over ${BULK_CONNECTIONS} connections`]: async () => {
      const executions = Array.from({ length: BULK }, () => ({ input }));
      const next = () => post(`${start}/bulk`, { executions });
      const result = await load({ starts: BULK, connections: BULK_CONNECTIONS, next });
      return { ...result, rate: result.rate * BULK, unit: 'executions/s' };
    },
    'submit a definition': async () => {
      const definition = greeting('bench-requests');
      const result = await load({ next: () => post('/workflow', definition), keepAnswers: true });
      submitted = result.answers.map(({ execution_id }) => execution_id);
      return result;
    },
    'trigger it': () =>
      load({ starts: 1, next: each(submitted, (id) => post(`/workflow/trigger/${id}`, { input })) }),
    'read its status': () =>
      load({ next: each(submitted, (id) => ({ method: 'GET', path: `/workflows/${id}` })) }),
    'start 2-node chains one by one, until all have ended': async () => {
      const path = '/api/v1/definitions/bench-result/executions';
      const begin = performance.now();
      const result = await load({ starts: 1, next: () => post(path, { input }) });
      await idle();
      const rate = result.requests / ((performance.now() - begin) / 1000);
      return { ...result, rate, unit: 'workflows/s' };
    },
    'start one and wait for its result, one at a time': async () => {
      const path = '/api/v1/definitions/bench-result/executions?wait=PT10S';
      let seed = 0;
      const next = () => post(path, { input: { seed: ++seed } });
      const result = await load({ starts: 1, connections: 1, next, keepAnswers: true });
      checkAnswers(result.answers, RESULT_SHAPE);
      return { ...result, unit: 'results/s' };
    },
    'check a definition of 10 nodes, without HTTP': () => checks(chain(10), seconds),
    'check a definition of 10,000 nodes, without HTTP': () => checks(layers(100, 100, 3), seconds),
  };
}

const BARE = 'bare Nest POST';

/** Its one node is decided on the way: no task for a worker. */
function greeting(name) {
  return {
    name,
    dag: { nodes: [{ id: 'hello', handler: 'transform', config: { text: 'Hello ${input.seed}' } }] },
  };
}

/** Shape, references, templates and graph, in this process: without HTTP. */
async function checks(shape, seconds) {
  // Only now: this file is read before the libraries are built.
  const { createInMemoryEngine, silentLog } = require('@workflow-engine/execution');
  const engine = createInMemoryEngine({ handlers: [{ name: 'bench', run: () => null }], log: silentLog });
  const document = definitionOf('bench-check', shape);
  const latencies = [];
  const begin = performance.now();
  while (performance.now() - begin < seconds * 1000) {
    const from = performance.now();
    const { valid } = await engine.api.validate(document);
    latencies.push(performance.now() - from);
    if (!valid) throw new Error('the definition does not count as valid');
  }
  const rate = (latencies.length * shape.length) / ((performance.now() - begin) / 1000);
  return { rate, unit: 'nodes/s', latencies };
}

function figuresOf(measured) {
  const bare = summary(measured.get(BARE).map(({ rate }) => rate)).median;
  return [...measured].map(([what, results]) => {
    const latencies = results.flatMap((result) => result.latencies);
    const figure = { what, unit: results[0].unit, ...summary(results.map(({ rate }) => rate)) };
    const waits = { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) };
    return { ...figure, ...waits, ...(figure.unit === 'requests/s' && { toBare: figure.median / bare }) };
  });
}
