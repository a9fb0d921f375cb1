import { randomUUID } from 'node:crypto';

import {
  type Log,
  systemClock,
  type Task,
  type TaskHandler,
  type TaskOutcome,
  Worker,
} from '@workflow-engine/execution';

import { list, readConfig, wholeNumber } from './config';
import { openHotStore } from './distributed';
import { engineLog } from './engine-log';
import { EngineMetrics } from './engine-metrics';
import { createLogger } from './logging';
import { createMetricsRegistry } from './metrics';
import { repeated } from './repeated';
import { type RoleApplication, startRoleApplication } from './role-application';
import { RoleHealth } from './role-health';
import { runProcess } from './run-process';
import { hotStoreSettings, processSettings, taskHandlerSettings } from './shared-settings';
import { openTaskHandlers } from './task-handlers';
import { openTracing, tracingSettings } from './tracing/open-tracing';
import { taskTracer } from './tracing/traced-tasks';

const workerSettings = {
  ...processSettings(8002),
  ...hotStoreSettings,
  ...taskHandlerSettings,
  ...tracingSettings,
  WORKER_CONCURRENCY: wholeNumber({ min: 1, max: 10_000 }, 64),
  WORKER_QUEUES: list(['default']),
  /** How long running tasks may go on after SIGTERM before others get them. */
  GRACE_MS: wholeNumber({ min: 0, max: 3_600_000 }, 5000),
};

/** @throws InvalidConfigError naming every fault */
export function readWorkerEnvironment(env: Readonly<Record<string, string | undefined>>) {
  return readConfig(env, workerSettings);
}

/** Far more often than announcements lapse: after a total loss of Redis they must soon be there again. */
const ANNOUNCE_EVERY_MS = 5000;

export interface RunWorkerOptions {
  /** Your task handlers, beside the built-in ones. */
  readonly handlers?: readonly TaskHandler[];
  /** Called when no task runs any more: closes what the handlers stand on. */
  readonly close?: () => Promise<void>;
  /** Default: the environment of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * The main program of a worker process: reads the environment, runs tasks of the queues of `WORKER_QUEUES` until
 * SIGTERM, and then ends the process. All workers of a queue must offer the same handlers.
 */
export function runWorker(options: RunWorkerOptions = {}): void {
  runProcess(async () => {
    const worker = await startWorker(options);
    console.log(`The worker listens on ${worker.url}`);
    return worker;
  });
}

/**
 * The same, in a process that has other things to do.
 * @throws InvalidConfigError naming every fault
 * @throws InvalidHandlersError naming every fault
 * @throws UnavailableError when Redis cannot be reached
 */
export async function startWorker(options: RunWorkerOptions = {}): Promise<RoleApplication> {
  const { handlers: own = [], close = () => Promise.resolve(), env = process.env } = options;
  const config = readWorkerEnvironment(env);
  const logger = createLogger({ name: 'worker', level: config.LOG_LEVEL });
  const log = engineLog(logger);
  const registry = createMetricsRegistry();
  const metrics = new EngineMetrics(registry);
  const { handlers, secrets, ...taskHandlers } = await openTaskHandlers(config, env, own);
  const hot = await openHotStore(config, logger);
  const { LEASE_MS: leaseMs, WORKER_CONCURRENCY: concurrency, WORKER_QUEUES: queues } = config;
  const tracing = await openTracing(config, 'worker', log);
  const traceTask = tracing && taskTracer(tracing);
  const health = new RoleHealth({ restless: ['claim renewal'], leaseMs });
  const role = new Worker(
    {
      tasks: hot.ports.tasks,
      workers: hot.ports.workers,
      handlers,
      secrets,
      clock: systemClock,
      log,
      onTaskRun: (...run) => {
        metrics.noteTask(...run);
        traceTask?.(...run);
        logTask(log, ...run);
      },
      onTurn: health.noteTurn,
    },
    { id: `worker-${randomUUID()}`, queues, concurrency, leaseMs, graceMs: config.GRACE_MS },
  );
  const announcement = { handlers: own, queues, since: Date.now() };
  const announce = async (): Promise<void> => {
    if (own.length > 0) await hot.handlers.announce(announcement);
  };
  await announce();
  const announcing = repeated('announcing the handlers', ANNOUNCE_EVERY_MS, log, announce);
  return startRoleApplication({
    role,
    healthChecks: hot.healthChecks,
    health,
    registry,
    logger,
    host: config.HOST,
    port: config.PORT,
    resources: [{ close }, ...(tracing === undefined ? [] : [tracing]), hot, announcing, taskHandlers],
    stopMs: config.GRACE_MS,
  });
}

/** Failures are told at once; how they are dealt with is the decider's to say. */
function logTask(log: Log, task: Task, outcome: TaskOutcome, durationMs: number): void {
  const { executionId: execution_id, nodeId: node_id, attempt, handler } = task;
  const fields = { execution_id, node_id, attempt, handler, ms: durationMs };
  if (outcome.type === 'TaskSucceeded') log.debug('a task succeeded', fields);
  else log.info('a task failed', { ...fields, code: outcome.error.code, reason: outcome.error.message });
}
