import { ClientLoad, type Request } from '../load/client-load';
import { type Shape, workload } from '../load/workload';
import { SeededRandom } from '../seeded-random';
import type { Circumstances, Loss } from '../verdict/effect-rules';
import { judge, type Verdict } from '../verdict/verdict';
import type { Deployment } from './deployment';
import { report } from './fault-report';
import { profile } from './profile';
import { unarchivedSince } from './unarchived';

/** `FAULTS_SEED=7` repeats what the clients ask for, and what is broken. */
const seed = Number(process.env.FAULTS_SEED ?? Date.now() % 1_000_000);
const seeds = new SeededRandom(seed);

/** A broken engine breaks a thousand promises; these tell enough. */
const SHOWN_FAULTS = 20;

/** What a client asks for in a second, when it is answered in time: seldom, so that slow answers do not slow it down. */
const REQUESTS_PER_CLIENT = 2;

/** Of the executions that are to run, for some end while they are counted. */
const [ENOUGH, MORE_THAN_ENOUGH] = [1.05, 1.3];

/** Breaks something while clients ask, and mends it. Resolves when it is mended. */
export type Fault = (trial: Trial) => Promise<void>;

/**
 * One trial of a deployment: clients ask all the while, something happens, and when all has come to rest the ledger,
 * the upstream, the journals and Redis are compared.
 */
export class Trial {
  readonly load: ClientLoad;
  readonly shapes: readonly Shape[];
  /** For whoever decides what is asked for, and what breaks. */
  readonly random = new SeededRandom(seeds.between(0, 1_000_000_000));
  private readonly since = Date.now();
  private readonly losses: Loss[] = [];
  private settledMs = 0;
  private loadMs = 0;
  /** How many executions ran at each loss. */
  readonly activeAtLoss: number[] = [];

  constructor(
    readonly deployment: Deployment,
    private readonly name: string,
    private readonly circumstances: Omit<Circumstances, 'losses'> = {},
  ) {
    this.shapes = workload(deployment.upstream.host);
    const token = `${name.replaceAll(/\W+/g, '-')}-${this.since}`;
    this.load = new ClientLoad(this.shapes, this.random, token);
  }

  /** Something breaks and is mended so often, under load; the verdict. */
  async survives(fault: Fault, rounds = profile.rounds): Promise<Verdict> {
    await this.underLoad(async () => {
      for (let round = 0; round < rounds; round++) {
        await fault(this);
        await this.effects(profile.effectsAfter);
      }
    });
    return this.verdict();
  }

  /** Clients keep asking while `fault` happens; it begins when the upstream has seen enough, and so does the end. */
  async underLoad(fault: () => Promise<void>, perSecond = profile.requestsPerSecond): Promise<void> {
    await this.register(this.shapes);
    const stopping = new AbortController();
    const traffic = {
      clients: Math.ceil(perSecond / REQUESTS_PER_CLIENT),
      perSecond,
      client: () => this.deployment.client(),
      signal: stopping.signal,
    };
    const from = Date.now();
    const running = this.load.run(traffic);
    let settled: Promise<void> | undefined;
    try {
      await this.effects(profile.effectsBefore);
      settled = this.settling(this.acceptedSoFar());
      // Not to be awaited when the fault itself goes wrong.
      settled.catch(() => undefined);
      await fault();
      await this.effects(profile.effectsAfter);
    } finally {
      stopping.abort();
      await running;
      this.loadMs += Date.now() - from;
    }
    await settled;
  }

  /** Starts `count` executions of a shape at once. */
  async crowd(shape: Shape, count: number): Promise<readonly Request[]> {
    await this.register([shape]);
    const requests: Request[] = [];
    for (let left = count; left > 0; left -= 500) {
      const wanted = { shape, door: 'bulk', count: Math.min(left, 500) } as const;
      requests.push(await this.load.ask(this.deployment.client(), wanted));
    }
    return requests;
  }

  /** Starts so many executions of a shape that at least `count` run. */
  async crowdUntil(shape: Shape, count: number): Promise<void> {
    for (let running = 0; running < count * ENOUGH; running = await this.active())
      await this.crowd(shape, Math.ceil(count * MORE_THAN_ENOUGH - running));
  }

  /** Starts one execution, and resolves when it has ended. */
  async finished(shape: Shape): Promise<void> {
    const client = this.deployment.client();
    const { accepted } = await this.load.ask(client, { shape, door: 'start' });
    await Promise.all((accepted ?? []).map((id) => client.ended(id)));
  }

  /** Executions per second, of all that clients asked for. */
  get rate(): number {
    const accepted = this.load.ledger.flatMap((request) => request.accepted ?? []).length;
    return (1000 * accepted) / this.loadMs;
  }

  shape(name: string): Shape {
    const found = this.shapes.find((shape) => shape.name === name);
    if (found === undefined) throw new Error(`there is no shape ${name}`);
    return found;
  }

  async register(shapes: readonly Shape[]): Promise<void> {
    const client = this.deployment.client();
    for (const { definition } of shapes) await client.post('/api/v1/definitions', definition);
  }

  /** Resolves when the upstream has seen so many calls more. @throws with what all said when it takes too long */
  async effects(count: number): Promise<void> {
    const { upstream } = this.deployment;
    const wanted = upstream.total + count;
    await this.deployment.until(`${count} calls of the upstream`, async () => upstream.total >= wanted);
  }

  /** By the end of `fault` the engine may have forgotten what it had not archived when it began. */
  async expectLoss(fault: () => Promise<unknown>): Promise<void> {
    this.activeAtLoss.push(await this.active());
    const from = await unarchivedSince(this.deployment.services);
    await fault();
    this.losses.push({ from, at: Date.now() });
  }

  /** Waits until nothing runs, and judges. @throws with what all said when it takes too long */
  async verdict(): Promise<Verdict> {
    const { deployment, load, losses, circumstances } = this;
    const since = this.since - (circumstances.clockAheadMs ?? 0);
    await deployment.until('nothing runs', async () => {
      return (await deployment.client().executions('&status=RUNNING,PAUSED')).length === 0;
    });
    const evidence = {
      ledger: load.ledger,
      client: () => deployment.client(),
      upstream: deployment.upstream,
    };
    const judged = await judge({ ...evidence, since, circumstances: { ...circumstances, losses } });
    const all = [
      ...judged.faults,
      ...load.surprises.map((surprise) => `a client was told ${String(surprise)}`),
      ...(await deployment.leftovers()).map((left) => `left behind in Redis: ${left}`),
    ];
    const more = all.length > SHOWN_FAULTS ? [`and ${all.length - SHOWN_FAULTS} more`] : [];
    if (all.length > 0) more.push(`FAULTS_SEED=${seed} asks for the same again`);
    const faults = [...all.slice(0, SHOWN_FAULTS), ...more];
    const { executions, lost, recordedTwice, extraEffects, recovered } = judged;
    report({
      fault: this.name,
      executions,
      lost,
      recordedTwice,
      extraEffects,
      recovered,
      broken: all.length,
      settledMs: this.settledMs,
      loadMs: this.loadMs,
      seed,
    });
    return { ...judged, faults };
  }

  private async active(): Promise<number> {
    let running = 0;
    await this.deployment.until('an api lists what runs', async () => {
      running = (await this.deployment.client().executions('&status=RUNNING')).length;
      return true;
    });
    return running;
  }

  private acceptedSoFar(): ReadonlySet<string> {
    return new Set(this.load.ledger.flatMap(({ accepted }) => accepted ?? []));
  }

  private async settling(ids: ReadonlySet<string>): Promise<void> {
    const from = Date.now();
    await this.deployment.until('what was accepted before the fault has ended', async () => {
      const open = await this.deployment.client().executions('&status=RUNNING,PAUSED');
      return !open.some(({ execution_id: id }) => ids.has(id));
    });
    this.settledMs = Math.max(this.settledMs, Date.now() - from);
  }
}
