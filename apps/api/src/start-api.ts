import {
  createEngineApi,
  type EngineApi,
  partitionedIds,
  systemClock,
  uuidV7Ids,
} from '@workflow-engine/execution';
import {
  createLogger,
  createMetricsRegistry,
  engineLog,
  type HotStore,
  listeningUrl,
  type Logger,
  openAdmission,
  openHandlerCatalog,
  openHotStore,
  openSystemOfRecord,
  openTaskHandlers,
  openTracing,
  type RoleApplication,
  type Running,
  type SystemOfRecord,
  tracedApi,
} from '@workflow-engine/runtime';
import type { RequestHandler } from 'express';
import type { Registry } from 'prom-client';

import { apiConfigOf } from './api-settings';
import type { Config } from './config';
import { createApiApplication } from './create-api-application';

/** The REST API of the distributed engine. It runs no tasks itself, it only knows which handlers there are. */
export async function startApi(config: Config): Promise<RoleApplication> {
  const logger = createLogger({ name: 'api', level: config.LOG_LEVEL });
  const registry = createMetricsRegistry();
  const record = await openSystemOfRecord(config);
  const hot = await openHotStore(config, logger);
  const { engine, requestScope, resources } = await openEngine(config, record, hot, logger, registry);
  const app = await createApiApplication({
    engine,
    ...(requestScope !== undefined && { requestScope }),
    rateLimiter: hot.rateLimiter,
    logger,
    registry,
    healthChecks: { ...record.healthChecks, ...hot.healthChecks },
    config: apiConfigOf(config),
  });
  await app.listen(config.PORT, config.HOST);
  return {
    url: listeningUrl(app.getHttpServer(), config.HOST),
    async close() {
      await app.close();
      for (const resource of [...resources, hot, record]) await resource.close();
    },
  };
}

interface OpenEngine {
  readonly engine: EngineApi;
  readonly requestScope: RequestHandler | undefined;
  readonly resources: readonly Running[];
}

/** The engine as this process offers it: refused when Redis fills up, traced when there is somebody to send it to. */
async function openEngine(
  config: Config,
  record: SystemOfRecord,
  hot: HotStore,
  logger: Logger,
  registry: Registry,
): Promise<OpenEngine> {
  const log = engineLog(logger);
  const noEndpoints = { HTTP_ALLOW_HOSTS: [], OPENAI_BASE_URL: undefined, OPENAI_API_KEY: undefined };
  const { catalog: builtIn, schemas, ...taskHandlers } = await openTaskHandlers(noEndpoints, {});
  const announced = () => hot.handlers.known();
  const handlers = openHandlerCatalog({ builtIn, announced, schemas, log });
  const memoryUse = () => hot.memoryUse();
  const admission = openAdmission({ memoryUse, highWater: config.REDIS_HIGH_WATER, registry, log });
  const clock = systemClock;
  const ids = partitionedIds(uuidV7Ids(clock, Math.random), clock, config.PARTITIONS);
  const ports = { ...hot.ports, ...record, handlers: handlers.catalog, schemas, clock, ids, log };
  const engine = admission.guard(createEngineApi(ports));
  const tracing = await openTracing(config, 'api', log);
  const traced = tracing && tracedApi(engine, tracing);
  return {
    engine: traced?.engine ?? engine,
    requestScope: traced?.middleware,
    resources: [...(tracing === undefined ? [] : [tracing]), admission, handlers, taskHandlers],
  };
}
