// pg-boss on the same PostgreSQL, in a database of its own.
import { startProcess } from '../child-process.mjs';

const file = (name) => new URL(`../peers/pg-boss/${name}.mjs`, import.meta.url).pathname;

/**
 * @param {{ database: import('../services.mjs').Server, node: string }} options `node`: the program to run it with
 * @returns {Promise<import('./contender.mjs').Contender>}
 */
export async function startPgBoss({ database, node }) {
  const env = { DATABASE_URL: database.url };
  // It creates the queue.
  const producer = startProcess('producer', { file: file('producer'), env, node });
  await producer.printed(/ready/);
  const worker = startProcess('worker', { file: file('worker'), env, node });
  await worker.printed(/ready/);
  return {
    name: 'pg-boss',
    processes: { producer: producer.pid, worker: worker.pid, postgres: database.pid },
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
