import { createEngineApi } from '../../src/journey/create-engine-api';
import { Archiver } from '../../src/journey/archiver';
import type { EngineApi } from '../../src/journey/engine-api';
import { Orchestrator } from '../../src/journey/orchestrator';
import { Reaper } from '../../src/journey/reaper';
import { Recovery } from '../../src/journey/recovery';
import { Worker } from '../../src/journey/worker';
import { InMemoryArchiveOutbox } from '../../src/in-memory/in-memory-archive-outbox';
import { inMemoryRepositories } from '../../src/in-memory/in-memory-repositories';
import type { InMemoryRepositories } from '../../src/in-memory/in-memory-repositories';
import { uuidV7Ids } from '../../src/in-memory/system';
import type { ExecutionFeed } from '../../src/ports/execution-feed';
import type { DefinitionRepository } from '../../src/ports/definition-repository';
import { silentLog } from '../../src/ports/log';
import type { Log } from '../../src/ports/log';
import type { TaskQueue } from '../../src/ports/task-queue';
import { TOKEN } from '../scenarios';
import { SeededRandom } from '../seeded-random';
import { remembering } from '../remembering';
import { HotServer } from './hot-server';
import { Ledger, plannedHandler } from './ledger';
import { Network } from './network';
import type { Effect } from './network';
import { QUEUES } from './random-workflow';
import { Scheduler } from './scheduler';
import { SimulatedProcess } from './simulated-process';
import { traceTo } from './trace';
import type { Trace } from './trace';

export const LEASE_MS = 1000;
const PARTITIONS = 3;
const GRACE_MS = 300;
const RECOVER_AFTER_MS = 3000;
/**
 * Clocks by which nothing comes to be late are wrong by so many times as much as those of orchestrators, who set timers,
 * and of the hot store, which gives leases.
 */
const FAR = 100;
const ROLES = ['api', 'orchestrator', 'worker', 'reaper'] as const;
type RoleName = (typeof ROLES)[number];

const UNCHECKED = {
  handlers: { find: (name: string) => ({ name }), names: () => ['work'] },
  schemas: { check: () => [], checkSchema: () => [] },
};

interface Member {
  readonly role: RoleName;
  readonly process: SimulatedProcess;
  /** As by SIGTERM. */
  readonly stop: () => Promise<void>;
}

/** The whole engine, distributed over processes, and everything it stands on. */
export class World {
  readonly random: SeededRandom;
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly hot: HotServer;
  /** The system of record: it may be away, and loses nothing. */
  readonly record = { isUp: true, incarnation: 0 };
  readonly deadLetters: InMemoryRepositories['deadLetters'];
  readonly definitions: InMemoryRepositories['definitions'];
  readonly executions: InMemoryRepositories['executions'];
  readonly ledger: Ledger;
  readonly trace: Trace;
  readonly members: Member[] = [];
  /** So far apart were the clocks by which journals and leases are written, in milliseconds. */
  clocksApartMs = 0;
  private clocksWrongByMs = 0;
  private readonly apis = new Map<SimulatedProcess, EngineApi>();
  private started = 0;

  constructor(seed: number, write?: (line: string) => void) {
    this.random = new SeededRandom(seed);
    this.scheduler = new Scheduler(new SeededRandom(seed + 1));
    const now = (): number => this.scheduler.now();
    this.trace = write === undefined ? () => undefined : traceTo(write, now);
    const retainedEvents = this.random.pick([0, Infinity]);
    this.hot = new HotServer(this.scheduler, PARTITIONS, retainedEvents);
    const ids = uuidV7Ids(this.scheduler, this.random.next);
    ({
      deadLetters: this.deadLetters,
      definitions: this.definitions,
      executions: this.executions,
    } = inMemoryRepositories(ids, this.scheduler));
    this.ledger = new Ledger(now);
    this.network = new Network(this.scheduler, this.random, this.trace, 3 * LEASE_MS);
    this.network.onEffect((effect) => this.note(effect));
  }

  start(): void {
    for (const role of ROLES) for (let n = 1; n <= 2; n++) this.launch(role);
  }

  /** One of the living apis, unless there is none. */
  api(): EngineApi | undefined {
    const apis = [...this.apis.values()];
    return apis.length === 0 ? undefined : this.random.pick(apis);
  }

  /** One whose ports are without faults. */
  localApi(): EngineApi {
    const { hot, deadLetters, definitions, executions, scheduler } = this;
    const { stream, store, feed, tasks, workers } = hot;
    const outbox = new InMemoryArchiveOutbox(hot.outbox);
    const hotPorts = { stream, store, feed, tasks, workers, outbox };
    const ids = uuidV7Ids(scheduler, this.random.next);
    const ports = { ...hotPorts, deadLetters, definitions, executions, clock: scheduler, ids };
    return createEngineApi({ ...ports, ...UNCHECKED, log: silentLog });
  }

  /** From now on they are wrong by up to so many milliseconds; 0: all are right. */
  setClocks(wrongByMs: number): void {
    this.clocksWrongByMs = wrongByMs;
    this.clocksApartMs = Math.max(2 * wrongByMs, this.clocksApartMs);
    this.setClock('hot store', this.hot);
    for (const { role, process } of this.members) this.setClock(role, process);
  }

  setClock(of: RoleName | 'hot store', clock: { aheadMs: number }): void {
    const wrongBy = this.clocksWrongByMs * (of === 'orchestrator' || of === 'hot store' ? 1 : FAR);
    const aheadMs = this.random.between(-wrongBy, wrongBy);
    if (aheadMs === clock.aheadMs) return;
    clock.aheadMs = aheadMs;
    this.trace(of, `has a clock that is ${aheadMs} ms ahead`);
  }

  /** Has the ledger know of all that are reported as lost. By a clock that was set, a lease may lapse at once. */
  async noteLostTasks(): Promise<void> {
    for (const { commands } of await this.hot.inbound()) {
      for (const command of commands)
        if (command.type === 'TaskLost') this.ledger.noteLost(command, LEASE_MS - this.clocksApartMs);
    }
  }

  private launch(role: RoleName): void {
    const process = new SimulatedProcess(`${role}-${++this.started}`, this.scheduler, () =>
      this.bury(process, role),
    );
    this.trace(process.name, 'starts');
    this.setClock(role, process);
    const stop = this.run(role, process);
    // It may be dead already.
    if (process.isAlive) this.members.push({ role, process, stop });
  }

  /** Somebody sees to it that another one is started. */
  private bury(process: SimulatedProcess, role: RoleName): void {
    this.trace(process.name, 'is dead');
    this.apis.delete(process);
    const index = this.members.findIndex((member) => member.process === process);
    if (index >= 0) this.members.splice(index, 1);
    this.scheduler.after(this.random.between(10, 2 * LEASE_MS), () => this.launch(role));
  }

  private run(role: RoleName, process: SimulatedProcess): () => Promise<void> {
    const ports = this.portsOf(process);
    const share = { owner: process.name, partitions: PARTITIONS, leaseMs: LEASE_MS };
    switch (role) {
      case 'api':
        this.apis.set(process, createEngineApi(ports));
        return () => Promise.resolve();
      case 'orchestrator': {
        const orchestrator = new Orchestrator(ports, share);
        orchestrator.start();
        return () => orchestrator.stop();
      }
      case 'worker': {
        const handler = plannedHandler(process, this.ledger, this.random, 2 * LEASE_MS);
        const handlers = new Map([[handler.name, handler]]);
        const worker = new Worker(
          { ...ports, handlers, secrets: { find: () => TOKEN } },
          { id: process.name, queues: QUEUES, concurrency: 3, leaseMs: LEASE_MS, graceMs: GRACE_MS },
        );
        void worker.start().catch(() => process.kill());
        return () => worker.stop();
      }
      case 'reaper': {
        const roles = [
          new Archiver(ports, { ...share, outlivedByOutbox: true }),
          new Reaper(ports, { leaseMs: LEASE_MS }),
          new Recovery(ports, { recoverAfterMs: RECOVER_AFTER_MS }),
        ];
        for (const one of roles) one.start();
        return async () => {
          await Promise.all(roles.map((one) => one.stop()));
        };
      }
    }
  }

  private portsOf(process: SimulatedProcess) {
    const { network, hot, record, deadLetters, definitions, executions } = this;
    const hotPort = <Port extends object>(name: string, port: Port): Port =>
      network.connect<Port>(process, hot, name, () => port);
    const recordPort = <Port extends object>(name: string, port: Port): Port =>
      network.connect<Port>(process, record, name, () => port);
    let taker = new InMemoryArchiveOutbox(hot.outbox);
    // As any client whose connection fails, it begins anew.
    const onFault = (): void => void (taker = new InMemoryArchiveOutbox(hot.outbox));
    return {
      leases: hotPort('leases', hot.leases),
      archiveLeases: hotPort('archiveLeases', hot.archiveLeases),
      stream: hotPort('stream', hot.stream),
      store: hotPort('store', hot.store),
      tasks: this.tasksOf(process, hotPort<TaskQueue>('tasks', hot.tasks)),
      outbox: network.connect(process, hot, 'outbox', () => taker, { once: ['take'], onFault }),
      feed: this.feedOf(process),
      workers: hotPort('workers', hot.workers),
      deadLetters: recordPort('deadLetters', deadLetters),
      definitions: remembering(recordPort<DefinitionRepository>('definitions', definitions)),
      executions: recordPort('executions', executions),
      clock: process.clock,
      random: this.random.next,
      ids: uuidV7Ids(process.clock, this.random.next),
      log: this.logOf(process),
      ...UNCHECKED,
    };
  }

  private tasksOf(process: SimulatedProcess, remote: TaskQueue): TaskQueue {
    const own = Object.create(remote) as TaskQueue;
    own.onRevoked = (listener) =>
      this.hot.tasks.onRevoked((tasks) => this.network.tell(process, () => listener(tasks)));
    // Whoever waits by a plain read may be given more than there is room for, and hands the rest back.
    own.claim = async (request) => {
      const { worker, limit } = request;
      const surplus = this.random.chance(0.2) ? this.random.between(1, 3) : 0;
      const claimed = await remote.claim({ ...request, limit: limit + surplus });
      const excess = claimed.slice(limit).map(({ receipt }) => receipt);
      if (excess.length > 0) await remote.release(worker, excess);
      return claimed.slice(0, limit);
    };
    return own;
  }

  private feedOf(process: SimulatedProcess): ExecutionFeed {
    return {
      subscribe: (executionId, listener) =>
        this.hot.feed.subscribe(executionId, (slice) => this.network.tell(process, () => listener(slice))),
    };
  }

  private logOf({ name }: SimulatedProcess): Log {
    const line = (message: string, fields: object = {}): void =>
      this.trace(name, `log: ${message}`, [fields]);
    return { ...silentLog, warn: line, error: line };
  }

  private note(effect: Effect): void {
    this.ledger.note(effect);
    if (/^tasks\.(reclaimStalled|release)\b/.test(effect.method)) void this.noteLostTasks();
  }
}
