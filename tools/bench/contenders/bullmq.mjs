// BullMQ flows on a Redis with the same settings.
import { startProcess } from '../child-process.mjs';

const file = (name) => new URL(`../peers/bullmq/${name}.mjs`, import.meta.url).pathname;

/**
 * @param {{ redis: import('../services.mjs').Server, node: string }} options `node`: the program to run it with
 * @returns {Promise<import('./contender.mjs').Contender>}
 */
export async function startBullMq({ redis, node }) {
  const env = { REDIS_URL: redis.url };
  const worker = startProcess('worker', { file: file('worker'), env, node });
  const producer = startProcess('producer', { file: file('producer'), env, node });
  await Promise.all([worker.printed(/ready/), producer.printed(/ready/)]);
  return {
    name: 'BullMQ flows',
    processes: { producer: producer.pid, worker: worker.pid, redis: redis.pid },
    canRun: ({ isTree }) => isTree === true,
    onEnded: (listener) => worker.onNews(({ ended }) => listener(ended)),
    async begin({ shape, unit }) {
      await producer.ask('begin', { shape });
      await worker.ask('begin', { shape, isTimed: unit === 'ms a step' });
      await worker.ask('follow', { shape });
    },
    start: (seeds) => producer.ask('start', { seeds }),
    settled: () => producer.ask('settled'),
    results: () => producer.ask('results'),
    report: () => worker.ask('report'),
    async stop() {
      await Promise.all([worker.stop(), producer.stop()]);
    },
  };
}
