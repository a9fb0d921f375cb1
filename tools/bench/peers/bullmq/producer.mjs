import { setTimeout as sleep } from 'node:timers/promises';

import { FlowProducer, Queue } from 'bullmq';

import { answer } from '../../process-messages.mjs';
import { resultNodes } from '../../workloads.cjs';
import { connection } from './connection.mjs';
import { flowOf, QUEUE, starterOf } from './flow.mjs';

const LOOK_EVERY_MS = 10;

const flows = new FlowProducer({ connection });
const queue = new Queue(QUEUE, { connection });
let shape = [];
let starter;
let started = 0;

answer({
  async begin(given) {
    shape = given.shape;
    starter = starterOf(shape);
    started = 0;
    await queue.obliterate({ force: true });
    await queue.resume();
  },
  async start({ seeds }) {
    started += seeds.length;
    if (starter === undefined) {
      await flows.addBulk(seeds.map((seed) => flowOf({ shape, seed })));
    } else {
      const opts = { removeOnComplete: true };
      await queue.addBulk(
        seeds.map((seed) => ({ name: 'task', data: { seed, node: starter, sum: 0 }, opts })),
      );
    }
  },
  async settled() {
    while ((await queue.getCompletedCount()) < started) await sleep(LOOK_EVERY_MS);
  },
  async results() {
    const [top] = resultNodes(shape);
    const jobs = await queue.getCompleted(0, -1);
    return jobs.map(({ data, returnvalue }) => ({ seed: data.seed, values: { [top]: returnvalue } }));
  },
});
console.log('ready');
