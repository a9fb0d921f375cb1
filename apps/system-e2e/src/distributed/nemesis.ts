import { setTimeout as sleep } from 'node:timers/promises';

import { profile } from './profile';
import { type App, APPS, type RoleProcess } from './role-process';
import type { Fault, Trial } from './trial';

/** The faults of processes. The first process of each role outlives them all. */
export const killed =
  (app: App): Fault =>
  async ({ deployment }) => {
    const victim = deployment.newest(app);
    deployment.takeOut(victim);
    await victim.kill();
    await deployment.add(app);
  };

/** A deployment of a new version: another one takes over before it is told to end. */
export const replaced =
  (former: RoleProcess): Fault =>
  async ({ deployment }) => {
    await deployment.add(former.app);
    await deployment.end(former);
  };

/** For so long that others take it for dead. */
export const stopped =
  (app: App): Fault =>
  async ({ deployment }) => {
    const victim = deployment.one(app);
    victim.pause();
    await sleep(3 * profile.leaseMs);
    victim.resume();
  };

/** Their clocks go ahead, then back, past the time. */
export const clockJumps =
  (victims: () => readonly RoleProcess[]): Fault =>
  async (trial) => {
    for (const shiftMs of [profile.clockJumpMs, -profile.clockJumpMs, 0]) {
      for (const victim of victims()) victim.shiftClock(shiftMs);
      await trial.effects(profile.effectsAfter);
    }
  };

export const redisKilled: Fault = async (trial) => {
  const { deployment } = trial;
  await trial.expectLoss(() => deployment.services.command('kill redis'));
  await deployment.untilReady('api', false);
  await deployment.services.command('restart redis');
};

/** `crowded`: makes sure that there are executions enough, before the state that comes back and before the loss. */
export const redisRolledBack =
  (crowded: Fault = () => Promise.resolve()): Fault =>
  async (trial) => {
    const { services } = trial.deployment;
    await crowded(trial);
    await services.command('snapshot redis');
    await Promise.all([sleep(profile.rollbackMs), trial.effects(profile.effectsBefore)]);
    await crowded(trial);
    await trial.expectLoss(() => services.command('rollback redis'));
  };

export const redisEmptied: Fault = async (trial) => {
  await trial.expectLoss(() => trial.deployment.services.redis('FLUSHALL'));
};

/** The replica may lack what was written last. */
export const redisFailsOver: Fault = async (trial) => {
  await trial.expectLoss(() => trial.deployment.services.command('fail redis over'));
};

/** Redis can keep nothing any more, and says so to whoever writes. */
export const redisDiskFull: Fault = async ({ deployment }) => {
  const { services } = deployment;
  await services.command('fill disk of redis');
  try {
    await deployment.until('Redis writes nothing', async () => {
      return (await services.redis('INFO', 'persistence')).includes('aof_last_write_status:err');
    });
    await sleep(profile.shortageMs);
  } finally {
    await services.command('free disk of redis');
  }
};

export const redisMemoryFull: Fault = async ({ deployment }) => {
  const { services } = deployment;
  const used = /used_memory:(\d+)/.exec(await services.redis('INFO', 'memory'))?.[1] ?? '';
  await services.redis('CONFIG', 'SET', 'maxmemory', used);
  try {
    await sleep(profile.shortageMs);
  } finally {
    await services.redis('CONFIG', 'SET', 'maxmemory', '0');
  }
};

export const postgresAway: Fault = async ({ deployment: { services } }) => {
  await services.command('kill postgres');
  try {
    await sleep(profile.shortageMs);
  } finally {
    await services.command('restart postgres');
  }
};

/** Everybody's network delays everything, and loses some of it. */
export const networkSlow: Fault = async ({ deployment }) => {
  const all = APPS.flatMap((app) => deployment.all(app));
  for (const process of all) networkOf(process).weather = { latencyMs: 20, loss: 0.02 };
  await sleep(3 * profile.leaseMs);
  for (const process of all) networkOf(process).weather = {};
};

/** One process of each role is cut off, for so long that others take it for dead. */
export const networkCut: Fault = (trial) => oneOfEach(trial, (victim) => networkOf(victim).cut());

/** Nothing that one process of each role sends arrives, nor any answer, and nobody is told, also when that is over. */
export const networkHalfOpen: Fault = (trial) =>
  oneOfEach(trial, (victim) => (networkOf(victim).weather = { vanishing: ['commands', 'replies'] }));

/** What one process of each role sends arrives; the answers do not. */
export const networkDeaf: Fault = (trial) =>
  oneOfEach(trial, (victim) => (networkOf(victim).weather = { vanishing: ['replies'] }));

async function oneOfEach({ deployment }: Trial, disturb: (victim: RoleProcess) => void): Promise<void> {
  const victims = APPS.map((app) => deployment.one(app));
  for (const victim of victims) disturb(victim);
  await sleep(3 * profile.leaseMs);
  for (const victim of victims) networkOf(victim).weather = {};
}

function networkOf({ app, network }: RoleProcess) {
  if (network === undefined) throw new Error(`the network of the ${app} cannot be disturbed`);
  return network;
}
