import { setTimeout as sleep } from 'node:timers/promises';

import type {
  EngineApi,
  HotPorts,
  InMemoryRepositories,
  JournalEvent,
  Log,
  TaskHandler,
  WorkerOptions,
} from '@workflow-engine/execution';
import {
  Archiver,
  Orchestrator,
  Reaper,
  Recovery,
  Worker,
  createEngineApi,
  inMemoryRepositories,
  silentLog,
  systemClock,
  uuidV7Ids,
} from '@workflow-engine/execution';

/** Fails its first attempt, and each attempt whose node id says so. */
export const handlers: readonly TaskHandler[] = [
  { name: 'work', run: () => ({ done: true }) },
  {
    name: 'flaky',
    run: (_config, { attempt }) => {
      if (attempt === 1) throw Object.assign(new Error('not yet'), { retryable: true });
      return { attempt };
    },
  },
  { name: 'slow', run: (_config, { signal }) => sleep(60_000, {}, { signal }) },
];

export interface EngineUnderTestOptions {
  readonly partitions: number;
  readonly leaseMs?: number;
  readonly log?: Log;
  readonly worker?: Partial<WorkerOptions>;
}

/** All roles in one process over the given hot ports; the records are in memory. */
export class EngineUnderTest {
  readonly api: EngineApi;
  readonly executions: InMemoryRepositories['executions'];
  readonly orchestrator: Orchestrator;
  readonly worker: Worker;
  private readonly archiver: Archiver;
  private readonly reaper: Reaper;
  private readonly recovery: Recovery;

  constructor(
    private readonly hot: HotPorts,
    { partitions, leaseMs = 1000, log = silentLog, worker = {} }: EngineUnderTestOptions,
  ) {
    const [clock, random] = [systemClock, Math.random];
    const ids = uuidV7Ids(clock, random);
    const repositories = inMemoryRepositories(ids, clock);
    this.executions = repositories.executions;
    const byName = new Map(handlers.map((handler) => [handler.name, handler]));
    const ports = {
      ...hot,
      ...repositories,
      clock,
      random,
      ids,
      log,
      schemas: { check: () => [], checkSchema: () => [] },
      secrets: { find: () => undefined },
    };
    const catalog = { find: (name: string) => byName.get(name), names: () => [...byName.keys()] };
    this.api = createEngineApi({ ...ports, handlers: catalog });
    const share = { owner: ids.next(), partitions, leaseMs };
    this.orchestrator = new Orchestrator(ports, share);
    this.worker = new Worker(
      { ...ports, handlers: byName },
      { id: ids.next(), queues: ['default'], concurrency: 64, leaseMs, graceMs: 1000, ...worker },
    );
    this.archiver = new Archiver(ports, share);
    this.reaper = new Reaper(ports, { leaseMs });
    this.recovery = new Recovery(ports, { recoverAfterMs: 1000 });
  }

  async start(): Promise<void> {
    this.orchestrator.start();
    this.recovery.start();
    this.archiver.start();
    this.reaper.start();
    await this.worker.start();
  }

  async stop(): Promise<void> {
    await this.recovery.stop();
    await this.reaper.stop();
    await this.worker.stop();
    await this.orchestrator.stop();
    await this.archiver.stop();
  }

  /** Until every execution of the record is over and archived; returns their journals. */
  async finished(
    ids: readonly string[],
    timeoutMs: number,
  ): Promise<ReadonlyMap<string, readonly JournalEvent[]>> {
    const deadline = Date.now() + timeoutMs;
    const open = new Set(ids);
    while (open.size > 0) {
      for (const id of open) {
        const status = (await this.executions.find(id))?.status;
        if (status !== undefined && status !== 'RUNNING' && status !== 'PENDING') open.delete(id);
      }
      if (Date.now() > deadline) throw new Error(`${open.size} of ${ids.length} executions are not over`);
      if (open.size > 0) await sleep(20);
    }
    while ((await this.hot.outbox.lag()) > 0 && Date.now() < deadline) await sleep(20);
    const journals = new Map<string, readonly JournalEvent[]>();
    for (const id of ids) journals.set(id, await this.executions.journal(id, 0));
    return journals;
  }
}
