import { setTimeout as sleep } from 'node:timers/promises';

import { type Environment, killAllProcesses } from '../app-process';
import { closeUpstreams, EffectUpstream } from '../effect-upstream';
import { RestClient } from '../rest-client';
import { leftovers } from './leftovers';
import { Network } from './network';
import { profile } from './profile';
import { type App, RoleProcess } from './role-process';
import { Services } from './services';

const WHOLE: readonly App[] = ['api', 'api', 'orchestrator', 'orchestrator', 'worker', 'worker', 'reaper'];

export interface DeploymentOptions {
  /** Settings of all processes. */
  readonly env?: Environment;
  /** Redis is a master with a replica and a Sentinel. */
  readonly replicated?: boolean;
  /** Every process reaches Redis and Postgres by a network of its own, which can be disturbed. */
  readonly networked?: boolean;
}
const LOOK_EVERY_MS = 100;

/** The engine as it is deployed: two of most roles, Redis, Postgres, and an upstream that sees what its tasks do. */
export class Deployment {
  private readonly processes: RoleProcess[] = [];
  private requests = 0;

  private constructor(
    readonly services: Services,
    readonly upstream: EffectUpstream,
    private readonly networked: boolean,
    private readonly env: Environment,
  ) {}

  static async start(options: DeploymentOptions = {}): Promise<Deployment> {
    const { env = {}, networked = false } = options;
    const [services, upstream] = await Promise.all([Services.start(options), EffectUpstream.start()]);
    const deployment = new Deployment(services, upstream, networked, {
      REDIS_URL: services.redisUrl,
      DATABASE_URL: services.databaseUrl,
      LEASE_MS: String(profile.leaseMs),
      RECOVER_AFTER_MS: String(profile.recoverAfterMs),
      ...env,
      HTTP_ALLOW_HOSTS: [upstream.host, env.HTTP_ALLOW_HOSTS ?? []].flat().join(),
    });
    await deployment.add(...WHOLE);
    return deployment;
  }

  async stop(): Promise<void> {
    await killAllProcesses();
    await closeUpstreams();
    await this.services.stop();
  }

  /** Everyone is told to end and does so. @throws when one ends otherwise */
  async shutDown(): Promise<void> {
    for (const process of [...this.processes]) await this.end(process);
  }

  /** It is told to end, and does so. @throws when it ends otherwise */
  async end(process: RoleProcess): Promise<void> {
    this.takeOut(process);
    const { code } = await process.terminate();
    if (code !== 0) throw new Error(`the ${process.app} ended with ${code}\n${process.output.slice(-2000)}`);
  }

  async add(...apps: readonly App[]): Promise<void> {
    const started = await Promise.all(apps.map((app) => this.join(app)));
    // Only now, lest an api is asked that does not listen yet.
    this.processes.push(...started);
  }

  /** A process that is no part of the deployment: nobody is sent to it. */
  spawn(app: App, env: Environment = {}): RoleProcess {
    return RoleProcess.spawn(app, { ...this.env, ...env });
  }

  /** A program that is started again whenever it ends, until `stop`, which tells how often that was. */
  keepAlive(entryPoint: string, env: Environment): { stop(): Promise<number> } {
    let [running, starts] = [true, 0];
    let current: RoleProcess;
    const start = async (): Promise<void> => {
      while (running) {
        current = RoleProcess.spawnProgram(entryPoint, { ...this.env, ...env });
        starts += 1;
        await current.exited;
      }
    };
    const over = start();
    return {
      stop: async () => {
        running = false;
        await Promise.all([current.kill(), over]);
        return starts - 1;
      },
    };
  }

  all(app: App): readonly RoleProcess[] {
    return this.processes.filter((process) => process.app === app);
  }

  one(app: App): RoleProcess {
    const [first] = this.all(app);
    if (first === undefined) throw new Error(`no ${app} is running`);
    return first;
  }

  newest(app: App): RoleProcess {
    return this.all(app).at(-1) ?? this.one(app);
  }

  /** From now on nobody is sent to it, and it counts no more. */
  takeOut(process: RoleProcess): void {
    this.processes.splice(this.processes.indexOf(process), 1);
  }

  /** Requests go to all apis in turn. */
  client(): RestClient {
    const apis = this.all('api');
    const api = apis[this.requests++ % apis.length];
    if (api === undefined) throw new Error('no api is running');
    return new RestClient(api.url);
  }

  /** Of all processes of an app together. */
  async metric(app: App, name: string): Promise<number> {
    const values = await Promise.all(this.all(app).map((process) => process.metric(name)));
    return values.reduce((sum, value) => sum + value, 0);
  }

  /** Looks until `condition` holds; a look that fails says no. @throws with what all processes said when it takes too long */
  async until(what: string, condition: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + profile.restMs;
    while (!(await condition().catch(() => false))) {
      if (Date.now() > deadline) throw new Error(`waited in vain: ${what}\n${this.printed()}`);
      await sleep(LOOK_EVERY_MS);
    }
  }

  /** Until `/health/ready` of all processes of an app says so, or says that they are not. */
  async untilReady(app: App, ready: boolean): Promise<void> {
    await this.until(`the ${app} is ${ready ? '' : 'not '}ready`, async () => {
      const statuses = await Promise.all(this.all(app).map((process) => process.readiness()));
      return statuses.every((status) => status === (ready ? 200 : 503));
    });
  }

  /** What Redis holds too long after everything came to rest. */
  async leftovers(): Promise<readonly string[]> {
    const deadline = Date.now() + profile.restMs;
    for (;;) {
      const left = await leftovers(this.services);
      if (left.length === 0 || Date.now() > deadline) return left;
      await sleep(LOOK_EVERY_MS);
    }
  }

  /** The end of what every process had to say. */
  printed(): string {
    return this.processes
      .map(({ app, pid, output }) => `--- ${app} (${pid})\n${output.slice(-2000)}`)
      .join('\n');
  }

  private async join(app: App): Promise<RoleProcess> {
    const network = this.networked ? await Network.of(this.services) : undefined;
    const process = this.spawn(app, network?.env);
    process.network = network;
    void process.exited.then(() => network?.close());
    await process.listening();
    return process;
  }
}
