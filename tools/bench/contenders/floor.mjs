// The floor: what a bare loop over Redis Streams does with the same tasks, of which nothing is kept but what Redis
// writes to its append-only file. One process decides what is ready, another one runs it.
import { startProcess } from '../child-process.mjs';
import { twoProcesses } from './two-processes.mjs';

const file = (name) => new URL(`floor/${name}.mjs`, import.meta.url).pathname;

/**
 * @param {{ redis: import('../services.mjs').Server, pack: number }} options `pack`: tasks in one entry of
 *   the stream, at most
 * @returns {Promise<import('./contender.mjs').Contender>}
 */
export async function startFloor({ redis, pack }) {
  const env = { REDIS_URL: redis.url, PACK: `${pack}` };
  const worker = startProcess('worker', { file: file('worker'), env });
  const producer = startProcess('producer', { file: file('producer'), env });
  await Promise.all([worker.printed(/ready/), producer.printed(/ready/)]);
  return twoProcesses({
    name: pack === 1 ? 'floor, 1 task an entry' : `floor, up to ${pack} tasks an entry`,
    producer,
    worker,
    servers: { redis: redis.pid },
  });
}
