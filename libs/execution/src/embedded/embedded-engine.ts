import { systemClock, uuidV7Ids } from '../in-memory/system';
import { Archiver } from '../journey/archiver';
import { createEngineApi } from '../journey/create-engine-api';
import type { EngineApi } from '../journey/engine-api';
import { Orchestrator } from '../journey/orchestrator';
import { Reaper } from '../journey/reaper';
import { Worker } from '../journey/worker';
import type { WorkerPorts } from '../journey/worker';
import { partitionedIds } from '../partition';
import type { Clock, Random } from '../ports/clock';
import type { DeadLetters } from '../ports/dead-letters';
import type { DefinitionRepository } from '../ports/definition-repository';
import type { ExecutionFeed } from '../ports/execution-feed';
import type { ExecutionRepository } from '../ports/execution-repository';
import { silentLog } from '../ports/log';
import type { Log } from '../ports/log';
import type { SchemaValidator } from '../ports/schema-validator';
import type { Secrets } from '../ports/secrets';
import type { HandlerCatalog, TaskHandler } from '../ports/task-handler';
import type { QueueDepth } from '../ports/task-queue';
import { DEFAULT_QUEUE } from '../workflow/compile-workflow';
import { inMemoryHotPorts } from './in-memory-hot-ports';

export interface EmbeddedEngineOptions {
  /** The system of record. */
  readonly definitions: DefinitionRepository;
  readonly executions: ExecutionRepository;
  readonly deadLetters: DeadLetters;
  readonly handlers: readonly TaskHandler[];
  readonly schemas: SchemaValidator;
  readonly secrets?: Secrets;
  /** Queues its worker serves. Default: `default`. */
  readonly queues?: readonly string[];
  /** Tasks at a time. Default: 64. */
  readonly concurrency?: number;
  /** How long running tasks may go on after a stop before they are handed back, in milliseconds. Default: 5000. */
  readonly graceMs?: number;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly log?: Log;
  readonly onTaskRun?: NonNullable<WorkerPorts['onTaskRun']>;
}

export interface EmbeddedEngine {
  readonly api: EngineApi;
  /** Starts all roles and takes up what the system of record has unfinished. */
  start(): Promise<void>;
  /** Running tasks may finish for a moment, then everything is archived. */
  stop(): Promise<void>;
  gauges(): Promise<EngineGauges>;
  /** Everything that is committed, as it happens. */
  readonly feed: ExecutionFeed;
}

export interface EngineGauges {
  readonly queues: readonly QueueDepth[];
  /** Commits that are not in the system of record yet. */
  readonly archiveLag: number;
}

const PARTITIONS = 16;
const LEASE_MS = 5000;
const GRACE_MS = 5000;

/**
 * All roles in one process: the hot path in memory, the system of record wherever its repositories keep it. A
 * restart is the same rebuild as after a total loss of a distributed hot store.
 */
export function createEmbeddedEngine(options: EmbeddedEngineOptions): EmbeddedEngine {
  const {
    clock = systemClock,
    random = Math.random,
    log = silentLog,
    secrets = { find: () => undefined },
  } = options;
  const ids = partitionedIds(uuidV7Ids(clock, random), clock, PARTITIONS);
  const handlers = new Map(options.handlers.map((handler) => [handler.name, handler]));
  const ports = { ...options, ...inMemoryHotPorts(clock, PARTITIONS), clock, random, log, ids, secrets };
  const share = { owner: ids.next(), partitions: PARTITIONS, leaseMs: LEASE_MS };
  const orchestrator = new Orchestrator(ports, share);
  const worker = new Worker(
    { ...ports, handlers },
    {
      id: 'embedded',
      queues: options.queues ?? [DEFAULT_QUEUE],
      concurrency: options.concurrency ?? 64,
      leaseMs: LEASE_MS,
      graceMs: options.graceMs ?? GRACE_MS,
    },
  );
  const reaper = new Reaper(ports, { leaseMs: LEASE_MS });
  const archiver = new Archiver(ports, share);
  return {
    feed: ports.feed,
    api: createEngineApi({ ...ports, handlers: catalogOf(handlers) }),
    async start() {
      orchestrator.start();
      archiver.start();
      reaper.start();
      await worker.start();
    },
    async stop() {
      await worker.stop();
      await reaper.stop();
      await orchestrator.stop();
      await archiver.stop();
    },
    async gauges() {
      return { queues: await ports.tasks.depths(), archiveLag: await ports.outbox.lag() };
    },
  };
}

function catalogOf(handlers: ReadonlyMap<string, TaskHandler>): HandlerCatalog {
  return { find: (name) => handlers.get(name), names: () => [...handlers.keys()] };
}
