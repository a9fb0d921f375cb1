// pg-boss on the same PostgreSQL, in a database of its own.
import { startProcess } from '../child-process.mjs';
import { twoProcesses } from './two-processes.mjs';

const file = (name) => new URL(`../peers/pg-boss/${name}.mjs`, import.meta.url).pathname;

/**
 * @param {{ database: import('../services.mjs').Server }} servers
 * @returns {Promise<import('./contender.mjs').Contender>}
 */
export async function startPgBoss({ database }) {
  const env = { DATABASE_URL: database.url };
  // It creates the queue.
  const producer = startProcess('producer', { file: file('producer'), env });
  await producer.printed(/ready/);
  const worker = startProcess('worker', { file: file('worker'), env });
  await worker.printed(/ready/);
  return twoProcesses({
    name: 'pg-boss',
    producer,
    worker,
    servers: { postgres: database.pid },
  });
}
