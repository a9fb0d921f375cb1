import { NO_FAULTS } from './network';
import type { NetworkFaults } from './network';
import type { Backup } from './hot-server';
import { LEASE_MS } from './world';
import type { World } from './world';

const MISHAPS = {
  kill: (world: World) => victim(world)?.process.kill(),
  pause(world: World) {
    const member = victim(world);
    const ms = world.random.between(10, 4 * LEASE_MS);
    world.trace('nemesis', `pauses ${member?.process.name ?? 'nobody'} for ${ms} ms`);
    member?.process.pause(ms);
  },
  async terminate(world: World) {
    const member = victim(world);
    world.trace('nemesis', `terminates ${member?.process.name ?? 'nobody'}`);
    const stopped = member
      ?.stop()
      .catch((error: unknown) => world.trace(member.process.name, 'stops badly', [], error));
    // A process that does not stop in time is killed.
    await Promise.race([stopped, world.scheduler.sleep(3 * LEASE_MS)]);
    member?.process.kill();
  },
  hotStoreRestarts: (world: World) => restart(world),
  hotStoreIsLost: (world: World) => restart(world, world.hot.empty),
  hotStoreIsRolledBack: (world: World, backups: readonly Backup[]) =>
    backups.length > 0 ? restart(world, world.random.pick(backups)) : undefined,
  clockIsSet(world: World) {
    const member = world.random.chance(0.2) ? undefined : victim(world);
    if (member === undefined) world.setClock('hot store', world.hot);
    else world.setClock(member.role, member.process);
  },
  async recordIsAway({ record, scheduler, random, trace }: World) {
    if (!record.isUp) return;
    trace('nemesis', 'stops the system of record');
    record.isUp = false;
    record.incarnation += 1;
    await scheduler.sleep(random.between(50, 4 * LEASE_MS));
    record.isUp = true;
    trace('nemesis', 'starts the system of record');
  },
} satisfies Record<string, (world: World, backups: readonly Backup[]) => unknown>;

type Mishap = keyof typeof MISHAPS;

const BACKUP_EVERY_MS = 700;
/** A hot store that comes back is older by up to so many of them. */
const BACKUPS = 5;

/** Whatever a seed has go wrong: some kinds of it only, so that rare combinations get their turn. */
export class Nemesis {
  private readonly mishaps: readonly Mishap[];
  private readonly backups: Backup[] = [];
  private readonly pauseMs: number;
  private readonly over = new AbortController();
  /** Those that are under way. */
  private readonly open = new Set<Promise<unknown>>();

  constructor(private readonly world: World) {
    const { random, network } = world;
    world.setClocks(random.chance(0.4) ? random.pick([300, 5000, 30_000]) : 0);
    this.mishaps = (Object.keys(MISHAPS) as Mishap[]).filter(() => random.chance(0.4));
    this.pauseMs = random.pick([300, 1000, 3000]);
    const often = (probabilities: readonly number[]): number =>
      random.chance(0.5) ? random.pick(probabilities) : 0;
    const faults: NetworkFaults = {
      lostRequest: often([0.002, 0.02]),
      lostAnswer: often([0.002, 0.02]),
      duplicate: often([0.01, 0.1]),
      delay: often([0.01, 0.05]),
      kill: often([0.0005, 0.003]),
    };
    network.faults = faults;
    world.trace('nemesis', 'has in mind', [this.mishaps, faults]);
  }

  /** Until {@link stop}. */
  async rage(): Promise<void> {
    const { scheduler, random } = this.world;
    if (this.mishaps.includes('hotStoreIsRolledBack')) void this.backUp();
    const { signal } = this.over;
    while (this.mishaps.length > 0) {
      await scheduler.sleep(random.between(0, 2 * this.pauseMs), signal);
      if (signal.aborted) return;
      const mishap = Promise.resolve(MISHAPS[random.pick(this.mishaps)](this.world, this.backups));
      this.open.add(mishap);
      void mishap.finally(() => this.open.delete(mishap));
    }
  }

  /** When it resolves, nothing goes wrong any more. */
  async stop(): Promise<void> {
    this.over.abort('over');
    this.world.network.faults = NO_FAULTS;
    this.world.setClocks(0);
    await Promise.all(this.open);
    this.world.trace('nemesis', 'is done');
  }

  private async backUp(): Promise<void> {
    while (!this.over.signal.aborted) {
      await this.world.scheduler.sleep(BACKUP_EVERY_MS);
      if (this.world.hot.isUp) this.backups.push(this.world.hot.backup());
      if (this.backups.length > BACKUPS) this.backups.shift();
    }
  }
}

function victim({ members, random }: World): World['members'][number] | undefined {
  return members.length === 0 ? undefined : random.pick(members);
}

/** The hot store goes away for a while and comes back with what it had, or with a backup. */
async function restart(world: World, backup?: Backup): Promise<void> {
  const { hot, scheduler, random, ledger, trace } = world;
  if (!hot.isUp) return;
  const unarchivedSince = ledger.unarchivedSince(await hot.unarchived(), await hot.inbound());
  hot.stop();
  const at = scheduler.now();
  trace('nemesis', 'stops the hot store');
  await scheduler.sleep(random.between(1, LEASE_MS));
  hot.start(backup);
  if (backup !== undefined) {
    ledger.noteLoss({ unarchivedSince, backupAt: backup.at, at });
    await world.noteLostTasks();
  }
  trace(
    'nemesis',
    backup === undefined
      ? 'starts the hot store'
      : `starts the hot store as it was ${at - backup.at} ms before`,
  );
}
