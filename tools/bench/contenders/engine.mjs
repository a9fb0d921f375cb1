// This engine, whole: the deployed apps as processes of their own and a worker as its users write it. Executions are
// started in bulk over REST, and have come to their end when PostgreSQL says so.
import { setTimeout as sleep } from 'node:timers/promises';

import { startProcess } from '../child-process.mjs';
import { HttpConnection } from '../measure/http-load.mjs';
import { PostgresClient } from '../services.mjs';

const BULK_LIMIT = 1_000;
const LOOK_EVERY_MS = 10;
const LOOK_SELDOM_MS = 300;
/** Longer than anything takes that is measured here. */
const PATIENCE_MS = 600_000;

const appFile = (app) => new URL(`../../../apps/${app}/dist/main.js`, import.meta.url).pathname;
const workerFile = new URL('engine-worker.mjs', import.meta.url).pathname;

/** A worker with the benchmark's task handler. @param {Record<string, string>} env @param {object} [how] see `startEngine` */
export function startEngineWorker(env, { flags } = {}) {
  return startProcess('worker', {
    file: workerFile,
    flags,
    env: { PORT: '0', WORKER_CONCURRENCY: '200', ...env },
  });
}

/**
 * @typedef {import('./contender.mjs').Contender & { api: RestCalls, idle: () => Promise<void>,
 *   startedCounts: () => Promise<Record<string, number>>, eventCount: () => Promise<number>,
 *   archived: (events: number) => Promise<void> }} Engine
 *
 * @param {{ redis: import('../services.mjs').Server, database: import('../services.mjs').Server,
 *   flags?: string[], env?: Record<string, string> }} servers `flags`: of Node; `env`: further settings of all processes
 * @returns {Promise<Engine>}
 */
export async function startEngine({ redis, database, flags, env: further = {} }) {
  const env = { REDIS_URL: redis.url, DATABASE_URL: database.url, PORT: '0', ...further };
  // The first one brings the schema up to date.
  const reaper = startProcess('reaper', { file: appFile('reaper'), env, flags });
  await reaper.printed(/listens on/);
  const orchestrator = startProcess('orchestrator', { file: appFile('orchestrator'), env, flags });
  const worker = startEngineWorker(env, { flags });
  const apiProcess = startProcess('api', { file: appFile('api'), env, flags });
  const [[, url]] = await Promise.all([
    apiProcess.printed(/listens on (http:\S+:\d+)/),
    orchestrator.printed(/listens on/),
    worker.printed(/listens on/),
  ]);
  const processes = [apiProcess, orchestrator, worker, reaper];
  const postgres = new PostgresClient({ connectionString: database.url });
  await postgres.connect();
  const api = new RestCalls(url);
  const eventCount = async () => {
    const { rows } = await postgres.query(
      'SELECT coalesce(sum(last_seq - first_seq + 1), 0)::integer AS count FROM journal_slices',
    );
    return rows[0].count;
  };
  /** The archive of an execution is always a prefix of its journal, and its status is written with its last part. */
  const noneRuns = (name = null) =>
    until(LOOK_EVERY_MS, async () => {
      const { rows } = await postgres.query(
        `SELECT FROM executions WHERE status = 'RUNNING' AND ($1::text IS NULL OR name = $1) LIMIT 1`,
        [name],
      );
      return rows.length === 0;
    });
  let definition;
  /** Costs the machine less than `fetch`. */
  let connection;
  let started = [];
  return {
    name: 'this engine',
    api,
    processes: {
      ...Object.fromEntries(processes.map(({ role, pid }) => [role, pid])),
      redis: redis.pid,
      postgres: database.pid,
    },
    onEnded: (listener) => worker.onNews(({ ended }) => listener(ended)),
    async begin({ name, shape, unit }) {
      definition = `bench-${name}`;
      started = [];
      // One that has been idle for a while is closed by the api.
      connection?.close();
      connection = await HttpConnection.open(url);
      // The same content is the same version.
      await api.post('/api/v1/definitions', definitionOf(definition, shape));
      await worker.ask('begin', { shape, isTimed: unit === 'ms a step' });
    },
    async start(seeds) {
      for (let from = 0; from < seeds.length; from += BULK_LIMIT) {
        const executions = seeds.slice(from, from + BULK_LIMIT).map((seed) => ({ input: { seed } }));
        const path = `/api/v1/definitions/${definition}/executions/bulk`;
        const answer = await connection.send({ method: 'POST', path, body: { executions } });
        for (const { execution_id: id } of JSON.parse(answer).items) started.push(id);
      }
    },
    settled: () => noneRuns(definition),
    idle: () => noneRuns(),
    /** How many of the executions that were started are in each status. */
    async startedCounts() {
      const { rows } = await postgres.query(
        `SELECT status, count(*)::integer FROM executions WHERE status <> 'PENDING' GROUP BY status`,
      );
      return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
    },
    /** So many journal events are in PostgreSQL. */
    archived: (events) => until(LOOK_SELDOM_MS, async () => (await eventCount()) >= events),
    eventCount,
    results: () => archivedResults(postgres, started),
    report: () => worker.ask('report'),
    async stop() {
      connection?.close();
      await postgres.end();
      await Promise.all(processes.map((process) => process.stop()));
    },
  };
}

async function until(everyMs, isThere) {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await isThere())) {
    if (performance.now() > deadline) throw new Error('what was waited for did not come');
    await sleep(everyMs);
  }
}

/** @param {import('../workloads.cjs').Shape} shape */
export function definitionOf(name, shape) {
  const nodes = shape.map((dependencies, node) => ({
    id: `n${node}`,
    handler: 'bench',
    dependencies: dependencies.map((dependency) => `n${dependency}`),
    config: {
      seed: '${input.seed}',
      node,
      from: dependencies.map((dependency) => `\${n${dependency}.output.value}`),
    },
  }));
  return { name, dag: { nodes } };
}

/** The outputs of all nodes, as the archived journals tell them. */
async function archivedResults(postgres, ids) {
  const { rows } = await postgres.query(
    `SELECT e.id, e.status, e.input, array_agg(j.events ORDER BY j.last_seq) AS slices
     FROM executions e JOIN journal_slices j ON j.execution_id = e.id WHERE e.id = ANY ($1::uuid[]) GROUP BY e.id`,
    [ids],
  );
  return rows.map(({ id, status, input, slices }) => {
    const events = slices.flatMap((slice) => JSON.parse(slice));
    if (status !== 'COMPLETED') throw new Error(`execution ${id} ended as ${status}: ${slices.at(-1)}`);
    const completed = events.filter(({ type }) => type === 'NodeCompleted');
    return {
      seed: JSON.parse(input).seed,
      values: Object.fromEntries(completed.map(({ node_id, output }) => [node_id.slice(1), output.value])),
    };
  });
}

/** The few calls of the REST API that are needed here. */
export class RestCalls {
  constructor(url) {
    this.url = url;
  }

  post(path, body) {
    return this.#call(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  get(path) {
    return this.#call(path, {});
  }

  async #call(path, init) {
    const response = await fetch(this.url + path, init);
    const text = await response.text();
    if (!response.ok)
      throw new Error(`${init.method ?? 'GET'} ${path}: ${response.status} ${text.slice(0, 500)}`);
    return JSON.parse(text);
  }
}
