// This engine and others, side by side.
import { startBullMq } from '../contenders/bullmq.mjs';
import { startEngine } from '../contenders/engine.mjs';
import { startFloor } from '../contenders/floor.mjs';
import { startPgBoss } from '../contenders/pg-boss.mjs';
import { sideBySide } from '../measure/side-by-side.mjs';
import { peerVersions } from '../peers.mjs';
import { Services } from '../services.mjs';

export const PEERS = ['bullmq', 'pg-boss', 'floor'];

/**
 * So many measurements of a contender do not count, before its first workload and before each further one: V8 compiles
 * what runs often, step by step, and after half a minute this engine is 1.6 times as fast as in its first seconds.
 */
const WARM_UPS = { first: 10, next: 3 };

/**
 * @typedef {object} Settings of every part
 * @property {readonly import('../workloads.cjs').Workload[]} workloads
 * @property {readonly string[]} peers
 * @property {number} rounds
 * @property {number} seconds of one measurement
 * @property {boolean} isQuick
 * @property {string} [profile] where the processes of this engine leave their CPU profiles when they end
 * @property {(what: string, value?: number) => void} say a headline, or a figure
 */

/**
 * @param {Settings} settings
 * @returns {Promise<{ comparisons: import('../measure/side-by-side.mjs').Comparison[], versions: Record<string, string> }>}
 */
export async function compareEngines({ workloads, peers, rounds, seconds, isQuick, profile, say }) {
  const services = new Services();
  const contenders = [];
  try {
    for await (const contender of started(services, { peers, profile })) contenders.push(contender);
    const versions = { ...(await services.versions()), ...peerVersions(peers) };
    const comparisons = [];
    for (const [index, workload] of workloads.entries()) {
      say(`${workload.title} (${workload.unit})`);
      const warmUps = isQuick ? 1 : index === 0 ? WARM_UPS.first : WARM_UPS.next;
      const options = { rounds, seconds, warmUps, onMeasured: say };
      const comparison = await sideBySide(workload, contenders, options);
      for (const { contender, message } of comparison.faults)
        console.error(`  ${contender} FAILED: ${message}`);
      comparisons.push(comparison);
    }
    return { comparisons, versions };
  } finally {
    await Promise.allSettled(contenders.map((contender) => contender.stop()));
    await services.stop();
  }
}

async function* started(services, { peers, profile }) {
  const flags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  yield startEngine({
    redis: await services.redis(),
    database: await services.database('engine'),
    flags,
  });
  if (peers.includes('bullmq')) yield startBullMq({ redis: await services.redis() });
  if (peers.includes('pg-boss')) yield startPgBoss({ database: await services.database('pgboss') });
  if (peers.includes('floor'))
    for (const pack of [1, 50]) yield startFloor({ redis: await services.redis(), pack });
}
