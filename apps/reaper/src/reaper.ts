import { randomUUID } from 'node:crypto';

import { Archiver, Reaper, Recovery, systemClock } from '@workflow-engine/execution';
import {
  createLogger,
  createMetricsRegistry,
  engineLog,
  EngineMetrics,
  measuredHotPorts,
  openHotStore,
  openSystemOfRecord,
  type RoleApplication,
  RoleHealth,
  startRoleApplication,
} from '@workflow-engine/runtime';

import type { Config } from './config';

/** What keeps the engine whole: takes back lost tasks, brings back lost executions, archives journals. */
export async function startReaper(config: Config): Promise<RoleApplication> {
  const logger = createLogger({ name: 'reaper', level: config.LOG_LEVEL });
  const registry = createMetricsRegistry();
  const metrics = new EngineMetrics(registry);
  const record = await openSystemOfRecord(config);
  const hot = await openHotStore(config, logger);
  const health = new RoleHealth({ restless: ['archiver', 'reaper'], leaseMs: config.LEASE_MS });
  const ports = {
    ...measuredHotPorts(hot.ports, metrics, registry),
    executions: record.executions,
    clock: systemClock,
    log: engineLog(logger),
    onTurn: health.noteTurn,
  };
  metrics.watchGauges(async () => {
    return { queues: await ports.tasks.depths(), archiveLag: await ports.outbox.lag() };
  });
  const owner = `reaper-${randomUUID()}`;
  const roles = [
    new Archiver(ports, {
      owner,
      partitions: config.PARTITIONS,
      leaseMs: config.LEASE_MS,
      outlivedByOutbox: true,
    }),
    new Reaper(ports, { leaseMs: config.LEASE_MS }),
    new Recovery(ports, { recoverAfterMs: config.RECOVER_AFTER_MS }),
  ];
  return startRoleApplication({
    role: {
      start: () => roles.forEach((role) => role.start()),
      stop: async () => {
        await Promise.all(roles.map((role) => role.stop()));
      },
    },
    healthChecks: { ...record.healthChecks, ...hot.healthChecks },
    health,
    registry,
    logger,
    host: config.HOST,
    port: config.PORT,
    resources: [record, hot],
  });
}
