import { randomUUID } from 'node:crypto';

import { Orchestrator, systemClock } from '@workflow-engine/execution';
import {
  createLogger,
  createMetricsRegistry,
  engineLog,
  EngineMetrics,
  measuredHotPorts,
  openHotStore,
  openSystemOfRecord,
  openTracing,
  type RoleApplication,
  RoleHealth,
  startRoleApplication,
  tracedHotPorts,
} from '@workflow-engine/runtime';

import type { Config } from './config';

export async function startOrchestrator(config: Config): Promise<RoleApplication> {
  const logger = createLogger({ name: 'orchestrator', level: config.LOG_LEVEL });
  const registry = createMetricsRegistry();
  const record = await openSystemOfRecord(config);
  const hot = await openHotStore(config, logger);
  const measured = measuredHotPorts(hot.ports, new EngineMetrics(registry), registry);
  const tracing = await openTracing(config, 'orchestrator', engineLog(logger));
  const health = new RoleHealth({ restless: ['orchestrator'], leaseMs: config.LEASE_MS });
  const ports = {
    ...(tracing === undefined ? measured : tracedHotPorts(measured, tracing)),
    definitions: record.definitions,
    executions: record.executions,
    clock: systemClock,
    random: Math.random,
    log: engineLog(logger),
    onTurn: health.noteTurn,
  };
  const role = new Orchestrator(ports, {
    owner: `orchestrator-${randomUUID()}`,
    partitions: config.PARTITIONS,
    leaseMs: config.LEASE_MS,
  });
  return startRoleApplication({
    role,
    healthChecks: { ...record.healthChecks, ...hot.healthChecks },
    health,
    registry,
    logger,
    host: config.HOST,
    port: config.PORT,
    resources: [record, hot, ...(tracing === undefined ? [] : [tracing])],
  });
}
