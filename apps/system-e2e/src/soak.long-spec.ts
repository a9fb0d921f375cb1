import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { Deployment } from './distributed/deployment';
import { report } from './distributed/fault-report';
import { MemoryRecord } from './distributed/memory-record';
import {
  killed,
  networkCut,
  networkHalfOpen,
  networkSlow,
  postgresAway,
  redisDiskFull,
  redisEmptied,
  redisKilled,
  redisMemoryFull,
  redisRolledBack,
  replaced,
  stopped,
} from './distributed/nemesis';
import { profile } from './distributed/profile';
import { APPS } from './distributed/role-process';
import { type Fault, Trial } from './distributed/trial';

/** `SOAK_MINUTES=5` for a short one; `FAULTS_SEED=7` repeats what is broken in which order. */
const soakMs = Number(process.env.SOAK_MINUTES ?? 60) * 60_000;
const FAULTS_PER_TRIAL = 4;
/** Of what a process had when it had warmed up. */
const MAX_GROWTH = 0.15;

const nemesis: readonly (readonly [string, Fault])[] = [
  ...APPS.map((app) => [`kill -9 of one ${app}`, killed(app)] as const),
  ...APPS.map((app) => {
    return [`another ${app}`, (trial: Trial) => replaced(trial.deployment.newest(app))(trial)] as const;
  }),
  ...APPS.slice(1).map((app) => [`SIGSTOP of one ${app}`, stopped(app)] as const),
  ['kill -9 of Redis', redisKilled],
  ['Redis rolled back', redisRolledBack()],
  ['FLUSHALL', redisEmptied],
  ['disk of Redis full', redisDiskFull],
  ['memory of Redis full', redisMemoryFull],
  ['Postgres away', postgresAway],
  ['slow network', networkSlow],
  ['cut network', networkCut],
  ['half-open network', networkHalfOpen],
];

describe('an engine that is broken at random, for long', () => {
  let deployment: Deployment;

  beforeAll(async () => {
    deployment = await Deployment.start({ networked: true });
    // Of each role one process is spared, and another is there to be killed.
    await deployment.add('reaper');
  });
  afterAll(async () => {
    await deployment.stop();
  });

  it(
    'soak: keeps its promises, and its memory',
    async () => {
      const begin = Date.now();
      let faults = 0;
      const memory = new MemoryRecord(APPS.map((app) => deployment.one(app)));
      for (let round = 1; Date.now() < begin + soakMs; round++) {
        const trial = new Trial(deployment, `soak ${round}`);
        const chosen = Array.from({ length: FAULTS_PER_TRIAL }, () => trial.random.pick(nemesis));
        console.info(`soak ${round}: ${chosen.map(([name]) => name).join(', ')}`);
        await trial.underLoad(async () => {
          for (const [, fault] of chosen) {
            await fault(trial);
            await trial.effects(profile.effectsAfter);
          }
        });
        expect(await trial.verdict()).toMatchObject({ faults: [] });
        faults += chosen.length;
        await memory.note();
        await redisCompacted(deployment);
      }
      console.info(memory.inWords());
      report({
        minutes: Math.round((Date.now() - begin) / 60_000),
        faults,
        memoryGrowth: Math.max(...memory.growth()),
      });
      for (const growth of memory.growth()) expect(growth).toBeLessThan(MAX_GROWTH);
    },
    soakMs + profile.testMs,
  );
});

/**
 * Its append-only file grows for ever otherwise, because copies of it must be good at any time of a trial. Redis 7.0 cuts
 * a rewritten file at the wrong place when its disk is full, unless it has read the file itself: so it starts again.
 */
async function redisCompacted(deployment: Deployment): Promise<void> {
  const { services } = deployment;
  await services.redis('BGREWRITEAOF');
  await deployment.until('the append-only file is rewritten', async () => {
    const persistence = await services.redis('INFO', 'persistence');
    return persistence.includes('aof_rewrite_in_progress:0\r\naof_rewrite_scheduled:0');
  });
  await services.command('kill redis');
  await services.command('restart redis');
  await deployment.untilReady('api', true);
}
