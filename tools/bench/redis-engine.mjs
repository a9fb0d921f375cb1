// The engine over Redis, whole and in one process (orchestrator, worker, archiver, reaper; records in memory), on
// no-op tasks: what a task costs on the way through Redis.
// Usage: node tools/bench/redis-engine.mjs [chains|fanout|layers|large|latency ...]   (build first: npx nx build redis)
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

import { startRedis } from '../services/redis.mjs';

const require = createRequire(import.meta.url);
const {
  Archiver,
  InMemoryDeadLetters,
  InMemoryDefinitionRepository,
  InMemoryExecutionRepository,
  Orchestrator,
  Reaper,
  Worker,
  createEngineApi,
  systemClock,
  uuidV7Ids,
} = require('@workflow-engine/execution');
const { connectRedis, redisHotPorts } = require('@workflow-engine/redis');

const PARTITIONS = Number(process.env.PARTITIONS ?? 16);
const CONCURRENCY = Number(process.env.WORKER_CONCURRENCY ?? 200);
const SECONDS = Number(process.env.SECONDS ?? 5);
/** Until the compiler has seen enough: the first second costs half as much again. */
const WARM_UP_MS = 5000;

const workloads = {
  chains: () => throughput('chains of 10, 100 in flight', chain(10), 100),
  fanout: () => throughput('fan-out 100 -> fan-in, 10 in flight', fanOut(100), 10),
  layers: () => throughput('10 layers x 10, 3 dependencies each, 20 in flight', layers(10, 10, 3), 20),
  large: () => once('one DAG of 10,000 nodes (100 layers x 100)', layers(100, 100, 3)),
  latency: () => latency('a step in a chain, one at a time', chain(10)),
};

const redis = await startRedis();
const connection = await connectRedis({ url: redis.url, partitions: PARTITIONS });
const engine = await startEngine(connection);
const asked = process.argv.slice(2);
for (const name of asked.length > 0 ? asked : Object.keys(workloads)) await workloads[name]();
await engine.stop();
await connection.close();
await redis.stop();

async function startEngine(connection) {
  const clock = systemClock;
  const random = Math.random;
  const ids = uuidV7Ids(clock, random);
  const deadLetters = new InMemoryDeadLetters(ids);
  const hot = redisHotPorts(connection);
  const finished = new Map();
  const commit = hot.store.commit.bind(hot.store);
  hot.store.commit = async (lease, batch) => {
    const result = await commit(lease, batch);
    if (result === 'committed')
      for (const { executionId, terminal, events } of batch.journals)
        if (terminal) finished.get(executionId)?.(events.at(-1).type);
    return result;
  };
  const fault = (message, fields) => console.error(message, fields?.err ?? fields ?? '');
  const log = { debug() {}, info() {}, warn: fault, error: fault };
  const handlers = new Map([['work', { name: 'work', run: () => null }]]);
  const ports = {
    ...hot,
    clock,
    random,
    ids,
    log,
    handlers,
    deadLetters,
    definitions: new InMemoryDefinitionRepository(ids, clock),
    executions: new InMemoryExecutionRepository(deadLetters),
    schemas: { check: () => [], checkSchema: () => [] },
    secrets: { find: () => undefined },
  };
  const catalog = { find: (name) => handlers.get(name), names: () => [...handlers.keys()] };
  const api = createEngineApi({ ...ports, handlers: catalog });
  const leaseMs = 5000;
  const share = { owner: ids.next(), partitions: PARTITIONS, leaseMs };
  const orchestrator = new Orchestrator(ports, share);
  const options = { id: ids.next(), queues: ['default'], concurrency: CONCURRENCY, leaseMs, graceMs: 1000 };
  const worker = new Worker(ports, options);
  const reaper = new Reaper(ports, { leaseMs });
  const archiver = new Archiver(ports, share);
  orchestrator.start();
  archiver.start();
  reaper.start();
  await worker.start();
  return {
    async register(nodes) {
      const name = `bench-${ids.next()}`;
      await api.register({ name, dag: { nodes } });
      return name;
    },
    async run(name) {
      const [{ execution }] = await api.start(name, [{ input: {} }]);
      const type = await new Promise((resolve) => finished.set(execution.id, resolve));
      finished.delete(execution.id);
      if (type !== 'ExecutionCompleted') throw new Error(`the execution ended with ${type}`);
    },
    async stop() {
      await reaper.stop();
      await worker.stop();
      await orchestrator.stop();
      await archiver.stop();
    },
  };
}

/** A closed loop: as soon as one is finished, the next one starts. */
async function throughput(title, nodes, inFlight) {
  const name = await engine.register(nodes);
  let count = 0;
  let started;
  let finished;
  let redisStarted;
  let redisFinished;
  const from = performance.now();
  const warm = from + WARM_UP_MS;
  const until = warm + SECONDS * 1000;
  const lane = async () => {
    while (performance.now() < until) {
      await engine.run(name);
      const now = performance.now();
      if (now <= warm || now >= until) continue;
      started ??= process.cpuUsage();
      redisStarted ??= redisCpu();
      finished = process.cpuUsage(started);
      count++;
    }
  };
  await Promise.all([
    ...Array.from({ length: inFlight }, lane),
    sleep(until - from).then(() => (redisFinished = redisCpu())),
  ]);
  const perSecond = count / SECONDS;
  const tasks = Math.round(perSecond * nodes.length);
  // On a busy machine this says more than the throughput.
  const cpu = Math.round((finished.user + finished.system) / (count * nodes.length));
  const inRedis = Math.round(((await redisFinished) - (await redisStarted)) / (count * nodes.length));
  console.log(
    `${title}: ${tasks} tasks/s, ${perSecond.toFixed(0)} workflows/s, ${cpu} us of CPU a task, ${inRedis} us in Redis`,
  );
}

/** Of the server, so far, in microseconds. */
async function redisCpu() {
  const info = await connection.send('INFO', 'cpu');
  const seconds = (name) => Number(new RegExp(`^${name}:(.*)`, 'm').exec(info)[1]);
  return (seconds('used_cpu_user_main_thread') + seconds('used_cpu_sys_main_thread')) * 1e6;
}

async function once(title, nodes) {
  const name = await engine.register(nodes);
  const times = [];
  for (let round = 0; round < 5; round++) {
    const from = performance.now();
    await engine.run(name);
    times.push(performance.now() - from);
  }
  times.sort((a, b) => a - b);
  console.log(
    `${title}: ${(times[2] / 1000).toFixed(2)} s (median of 5, worst ${(times[4] / 1000).toFixed(2)} s)`,
  );
}

async function latency(title, nodes) {
  const name = await engine.register(nodes);
  const times = [];
  for (let round = 0; round < 300; round++) {
    const from = performance.now();
    await engine.run(name);
    if (round >= 50) times.push((performance.now() - from) / nodes.length);
  }
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.floor(times.length * share)].toFixed(2);
  console.log(
    `${title}: ${at(0)} ms at best, ${at(0.5)} ms p50, ${at(0.99)} ms p99 (mean of the steps of each chain)`,
  );
}

function chain(length) {
  return Array.from({ length }, (_, i) => ({
    id: `n${i}`,
    handler: 'work',
    dependencies: i === 0 ? [] : [`n${i - 1}`],
  }));
}

function fanOut(width) {
  const ids = Array.from({ length: width }, (_, i) => `w${i}`);
  return [
    { id: 'start', handler: 'work' },
    ...ids.map((id) => ({ id, handler: 'work', dependencies: ['start'] })),
    { id: 'end', handler: 'work', dependencies: ids },
  ];
}

function layers(count, width, degree) {
  return Array.from({ length: count * width }, (_, i) => {
    const layer = Math.floor(i / width);
    const before = Array.from({ length: degree }, (_, k) => `n${(layer - 1) * width + ((i + k) % width)}`);
    return { id: `n${i}`, handler: 'work', dependencies: layer === 0 ? [] : before };
  });
}
