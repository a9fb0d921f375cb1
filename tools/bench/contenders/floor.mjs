// The floor: what a bare loop over Redis Streams does with the same tasks, of which nothing is kept but what Redis
// writes to its append-only file. One process decides what is ready, another one runs it.
import { startProcess } from '../child-process.mjs';

const file = (name) => new URL(`floor/${name}.mjs`, import.meta.url).pathname;

/**
 * @param {{ redis: import('../services.mjs').Server, pack: number, node?: string }} options `pack`: tasks in one entry of
 *   the stream, at most; `node`: the program to run it with
 * @returns {Promise<import('./contender.mjs').Contender>}
 */
export async function startFloor({ redis, pack, node }) {
  const env = { REDIS_URL: redis.url, PACK: `${pack}` };
  const worker = startProcess('worker', { file: file('worker'), env, node });
  const producer = startProcess('producer', { file: file('producer'), env, node });
  await Promise.all([worker.printed(/ready/), producer.printed(/ready/)]);
  return {
    name: pack === 1 ? 'floor, 1 task an entry' : `floor, up to ${pack} tasks an entry`,
    processes: { producer: producer.pid, worker: worker.pid, redis: redis.pid },
    onEnded: (listener) => worker.onNews(({ ended }) => listener(ended)),
    async begin({ shape, unit }) {
      await Promise.all([
        worker.ask('begin', { shape, isTimed: unit === 'ms a step' }),
        producer.ask('begin', { shape }),
      ]);
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
