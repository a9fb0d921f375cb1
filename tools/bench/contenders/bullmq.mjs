// BullMQ flows on a Redis with the same settings.
import { startProcess } from '../child-process.mjs';
import { twoProcesses } from './two-processes.mjs';

const file = (name) => new URL(`../peers/bullmq/${name}.mjs`, import.meta.url).pathname;

/**
 * @param {{ redis: import('../services.mjs').Server }} servers
 * @returns {Promise<import('./contender.mjs').Contender>}
 */
export async function startBullMq({ redis }) {
  const env = { REDIS_URL: redis.url };
  const worker = startProcess('worker', { file: file('worker'), env });
  const producer = startProcess('producer', { file: file('producer'), env });
  await Promise.all([worker.printed(/ready/), producer.printed(/ready/)]);
  return twoProcesses({
    name: 'BullMQ flows',
    producer,
    worker,
    servers: { redis: redis.pid },
    canRun: ({ isTree }) => isTree === true,
  });
}
