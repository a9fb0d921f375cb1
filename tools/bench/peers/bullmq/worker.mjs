import { FlowProducer, Worker } from 'bullmq';

import { runTask, serveLedger } from '../../task-ledger.mjs';
import { flowOf, QUEUE, starterOf } from './flow.mjs';
import { connection } from './connection.mjs';

/** With more it does less. */
const CONCURRENCY = 50;

let shape = [];
let starter;
const flows = new FlowProducer({ connection });
const worker = new Worker(QUEUE, run, { connection, concurrency: CONCURRENCY });
worker.on('error', (error) => console.error(error));
worker.on('failed', (_, error) => console.error(error));
await worker.waitUntilReady();

serveLedger((run) => {
  shape = run.shape;
  starter = starterOf(shape);
});
console.log('ready');

async function run(job) {
  const { seed, node, sum, hasChildren } = job.data;
  const values = hasChildren ? Object.values(await job.getChildrenValues()) : [];
  const value = runTask(
    seed,
    node,
    values.reduce((total, one) => total + one, sum),
  );
  if (node === starter) await flows.add(flowOf({ shape, seed, known: new Map([[node, value]]) }));
  return value;
}
