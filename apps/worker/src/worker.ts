import { randomUUID } from 'node:crypto';

import { systemClock, Worker } from '@workflow-engine/execution';
import {
  createLogger,
  createMetricsRegistry,
  engineLog,
  EngineMetrics,
  openHotStore,
  openTaskHandlers,
  type RoleApplication,
  startRoleApplication,
} from '@workflow-engine/runtime';

import type { Config } from './config';

/** How long running tasks may go on after SIGTERM before others get them. */
const graceMs = 5000;

export async function startWorker(
  config: Config,
  env: Readonly<Record<string, string | undefined>>,
): Promise<RoleApplication> {
  const logger = createLogger({ name: 'worker', level: config.LOG_LEVEL });
  const registry = createMetricsRegistry();
  const metrics = new EngineMetrics(registry);
  const taskHandlers = openTaskHandlers(config, env);
  const hot = await openHotStore(config, logger);
  const role = new Worker(
    {
      tasks: hot.ports.tasks,
      handlers: taskHandlers.handlers,
      secrets: taskHandlers.secrets,
      clock: systemClock,
      log: engineLog(logger),
      onTaskRun: metrics.noteTask,
    },
    {
      id: `worker-${randomUUID()}`,
      queues: config.WORKER_QUEUES,
      concurrency: config.WORKER_CONCURRENCY,
      leaseMs: config.LEASE_MS,
      graceMs,
    },
  );
  return startRoleApplication({
    role,
    healthChecks: hot.healthChecks,
    registry,
    logger,
    host: config.HOST,
    port: config.PORT,
    resources: [hot, taskHandlers],
  });
}
