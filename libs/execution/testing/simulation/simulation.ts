import { Clients } from './clients';
import { Nemesis } from './nemesis';
import { randomWorkflow } from './random-workflow';
import { Verdict } from './verdict';
import { LEASE_MS, World } from './world';

export interface SimulationReport {
  readonly seed: number;
  /** Executions that ran. */
  readonly executions: number;
  /** Those of them that are COMPLETED. */
  readonly completed: number;
  /** One line per broken promise. */
  readonly faults: readonly string[];
  /** Things that happened, and how long they took in simulated milliseconds. */
  readonly happenings: number;
  readonly elapsedMs: number;
}

const LOOK_EVERY_MS = 250;
/** Nothing is under way any more, when nothing has been for so long. */
const REST_MS = 3 * LEASE_MS;
const COMES_TO_REST_WITHIN_MS = 200_000;

/**
 * One run of the whole engine: a seed decides what is asked of it, what goes wrong, and in which order everything
 * happens. `write` is told everything, line by line.
 */
export async function simulate(seed: number, write?: (line: string) => void): Promise<SimulationReport> {
  const world = new World(seed, write);
  const begin = world.scheduler.now();
  let isOver = false;
  const told = story(world).finally(() => (isOver = true));
  const running = Promise.all([told, world.scheduler.run(() => isOver)]);
  const outcome = await running.then(([found]) => found, brokenOff);
  const { count } = world.scheduler;
  return { seed, ...outcome, happenings: count, elapsedMs: world.scheduler.now() - begin };
}

type Outcome = Pick<SimulationReport, 'executions' | 'completed' | 'faults'>;

/** What cannot be told to its end is a fault of the seed, as any other. */
function brokenOff(error: unknown): Outcome {
  const why = error instanceof Error ? error.stack : String(error);
  return { executions: 0, completed: 0, faults: [`broken off: ${why}`] };
}

async function story(world: World): Promise<Outcome> {
  const { random, scheduler } = world;
  const nemesis = new Nemesis(world);
  const clients = new Clients(world);
  world.start();
  const count = random.between(1, 8);
  const wishes = Array.from({ length: count }, (_, n) =>
    clients.want(randomWorkflow(`w${n}`, random, scheduler.now())),
  );
  void nemesis.rage();
  await Promise.race([
    Promise.all(wishes).then(() => scheduler.sleep(2 * LEASE_MS)),
    scheduler.sleep(random.between(3, 20) * LEASE_MS),
  ]);
  clients.stop();
  await nemesis.stop();
  await Promise.all(wishes);
  const left = await leftAtRest(world, clients);
  const verdict = new Verdict(world, clients);
  const faults = left.length > 0 ? left.map((one) => `never comes to rest: ${one}`) : await verdict.judge();
  const { executions, completed } = verdict;
  return { executions, completed, faults };
}

/** What is left when all should be at rest. */
async function leftAtRest(world: World, clients: Clients): Promise<readonly string[]> {
  const { executions, hot, scheduler } = world;
  // A timer that was set by a clock which was ahead is late by as much.
  const deadline = scheduler.now() + COMES_TO_REST_WITHIN_MS + world.clocksApartMs;
  let left: readonly string[] = [];
  for (let restingSince = scheduler.now(); scheduler.now() < restingSince + REST_MS;) {
    await scheduler.sleep(LOOK_EVERY_MS);
    const unfinished = await executions.unfinished({ limit: 100 });
    left = [...(await hot.leftovers()), ...unfinished.items.map(({ id, status }) => `${id} is ${status}`)];
    if (left.length === 0) continue;
    if (scheduler.now() > deadline) break;
    await clients.cleanUp();
    restingSince = scheduler.now();
  }
  return left;
}
