import type { NodeDefinition } from '@workflow-engine/dag';

import { inMemoryHotPorts } from '../src/embedded/in-memory-hot-ports';
import type { HotPorts } from '../src/embedded/in-memory-hot-ports';
import { Archiver } from '../src/journey/archiver';
import { createEngineApi } from '../src/journey/create-engine-api';
import type { EngineApi } from '../src/journey/engine-api';
import { Orchestrator } from '../src/journey/orchestrator';
import type { PartitionShareOptions } from '../src/journey/partition-share';
import { Reaper } from '../src/journey/reaper';
import type { LoopPorts } from '../src/journey/role-loop';
import { Worker } from '../src/journey/worker';
import type { WorkerOptions, WorkerPorts } from '../src/journey/worker';
import type { ExecutionRepository } from '../src/ports/execution-repository';
import { silentLog } from '../src/ports/log';
import type { TaskHandler } from '../src/ports/task-handler';
import { inMemoryRecord } from './engines';
import { VirtualClock } from './virtual-clock';
import { task, workflowOf } from './workflows';

export const [PARTITIONS, LEASE_MS] = [2, 3000];

type Overrides = Partial<HotPorts & Omit<LoopPorts, 'log'> & { executions: ExecutionRepository }>;

/** Roles in any number over shared stores in memory, on a clock that the test moves. */
export class RolesUnderTest {
  readonly clock = new VirtualClock();
  readonly hot = inMemoryHotPorts(this.clock, PARTITIONS);
  readonly record = inMemoryRecord(this.clock);
  /** What was logged as an error. */
  readonly errors: string[] = [];
  readonly api: EngineApi = this.newApi();
  private readonly stops: (() => Promise<void>)[] = [];

  ports(overrides: Overrides = {}) {
    const log = { ...silentLog, error: (message: string) => void this.errors.push(message) };
    const handlers = { find: (name: string) => ({ name }), names: () => [] };
    const schemas = { check: () => [], checkSchema: () => [] };
    const { clock, hot, record } = this;
    return { ...hot, ...record, clock, ...overrides, random: () => 0.5, log, handlers, schemas };
  }

  /** One that has seen nothing yet. */
  newApi(): EngineApi {
    return createEngineApi(this.ports());
  }

  orchestrator(owner: string, overrides: Overrides = {}): Orchestrator {
    const role = new Orchestrator(this.ports(overrides), shareOf(owner));
    role.start();
    this.stops.push(() => role.stop());
    return role;
  }

  async worker(
    id: string,
    handlers: readonly TaskHandler[],
    { graceMs = 0, onTaskRun }: Partial<WorkerOptions & WorkerPorts> = {},
  ): Promise<Worker> {
    const known = new Map(handlers.map((handler) => [handler.name, handler]));
    const options = { id, queues: ['default'], concurrency: 4, leaseMs: LEASE_MS, graceMs };
    const secrets = { find: () => undefined };
    const ports = {
      ...this.ports(),
      handlers: known,
      secrets,
      ...(onTaskRun !== undefined && { onTaskRun }),
    };
    const role = new Worker(ports, options);
    await role.start();
    this.stops.push(() => role.stop());
    return role;
  }

  reaper(): void {
    const role = new Reaper(this.ports(), { leaseMs: LEASE_MS });
    role.start();
    this.stops.push(() => role.stop());
  }

  archiver(overrides: Partial<HotPorts> = {}): Archiver {
    const role = new Archiver(this.ports(overrides), shareOf('archiver'));
    role.start();
    this.stops.push(() => role.stop());
    return role;
  }

  /** A new execution of these nodes, triggered. */
  async begun(nodes: readonly NodeDefinition[]): Promise<string> {
    const { id } = await this.api.submit(workflowOf(nodes));
    await this.api.trigger(id, {});
    return id;
  }

  async stop(): Promise<void> {
    for (const stop of this.stops.splice(0)) {
      const stopping = stop();
      await this.clock.advance(10_000);
      await stopping;
    }
  }
}

/** A task for a `HeldHandler`. */
export function heldTask(
  id: string,
  dependencies: readonly string[] = [],
  options: Partial<NodeDefinition> = {},
): NodeDefinition {
  return task(id, dependencies, { ...options, handler: 'held' });
}

function shareOf(owner: string): PartitionShareOptions {
  return { owner, partitions: PARTITIONS, leaseMs: LEASE_MS };
}
