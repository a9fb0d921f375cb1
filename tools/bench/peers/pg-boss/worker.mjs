// A task sends the jobs that have become ready. Where several dependencies meet, a row in a table counts them: whoever
// counts the last one sends the job. That is how its users build graphs that go on at once (its own flows are advanced
// every second at most).
import pg from 'pg';

import { runTask, serveLedger } from '../../task-ledger.mjs';
import { dependentsOf } from '../../workloads.cjs';
import { QUEUE, startBoss } from './boss.mjs';

/** By one worker: more of them, or much larger batches, cost more than they bring. */
const BATCH_SIZE = 200;

const boss = await startBoss({ useListenNotify: true });
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4 });
let shape = [];
let dependents = [];

serveLedger((run) => {
  shape = run.shape;
  dependents = dependentsOf(shape);
});
await boss.work(
  QUEUE,
  {
    batchSize: BATCH_SIZE,
    burstWhenBatchFull: true,
    pollingIntervalSeconds: 0.5,
    notifyPollingIntervalSeconds: 0.5,
    perJobResults: true,
  },
  run,
);
console.log('ready');

async function run(jobs) {
  const results = [];
  const ready = [];
  const arrivals = new Map();
  for (const { id, data } of jobs) {
    const [seed, node, sum] = data.task;
    const value = runTask(seed, node, sum);
    results.push({ id, status: 'completed', output: { value } });
    for (const dependent of dependents[node]) {
      if (shape[dependent].length === 1) ready.push([seed, dependent, value]);
      else arrive(arrivals, seed, dependent, value);
    }
  }
  if (arrivals.size > 0) ready.push(...(await countArrivals([...arrivals.values()])));
  if (ready.length > 0)
    await boss.insert(
      QUEUE,
      ready.map((task) => ({ data: { task } })),
    );
  return results;
}

function arrive(arrivals, seed, node, value) {
  const key = `${seed}:${node}`;
  const row = arrivals.get(key) ?? { seed, node, count: 0, sum: 0 };
  arrivals.set(key, { seed, node, count: row.count + 1, sum: row.sum + value });
}

/** In one statement, in one order for all workers. @returns {Promise<number[][]>} the tasks that have become ready */
async function countArrivals(rows) {
  rows.sort((a, b) => a.seed - b.seed || a.node - b.node);
  const column = (name) => rows.map((row) => row[name]);
  const { rows: counted } = await pool.query(
    `INSERT INTO fan_in AS f (seed, node, count, sum)
     SELECT * FROM unnest($1::integer[], $2::integer[], $3::integer[], $4::float8[])
     ON CONFLICT (seed, node) DO UPDATE SET count = f.count + excluded.count, sum = f.sum + excluded.sum
     RETURNING seed, node, count, sum`,
    [column('seed'), column('node'), column('count'), column('sum')],
  );
  return counted
    .filter(({ node, count }) => count === shape[node].length)
    .map(({ seed, node, sum }) => [seed, node, sum]);
}
