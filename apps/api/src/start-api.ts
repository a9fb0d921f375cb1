import type { AddressInfo } from 'node:net';

import { createEngineApi, systemClock, uuidV7Ids } from '@workflow-engine/execution';
import {
  createLogger,
  createMetricsRegistry,
  engineLog,
  openAdmission,
  openHandlerCatalog,
  openHotStore,
  openSystemOfRecord,
  openTaskHandlers,
  type RoleApplication,
} from '@workflow-engine/runtime';

import { apiConfigOf } from './api-settings';
import type { Config } from './config';
import { createApiApplication } from './create-api-application';

/** The REST API of the distributed engine. It runs no tasks itself, it only knows which handlers there are. */
export async function startApi(config: Config): Promise<RoleApplication> {
  const logger = createLogger({ name: 'api', level: config.LOG_LEVEL });
  const noEndpoints = { HTTP_ALLOW_HOSTS: [], OPENAI_BASE_URL: undefined, OPENAI_API_KEY: undefined };
  const taskHandlers = openTaskHandlers(noEndpoints, {});
  const record = await openSystemOfRecord(config);
  const hot = await openHotStore(config, logger);
  const handlers = openHandlerCatalog({
    builtIn: taskHandlers.catalog,
    announced: () => hot.handlers.known(),
    schemas: taskHandlers.schemas,
    log: engineLog(logger),
  });
  const registry = createMetricsRegistry();
  const admission = openAdmission({
    memoryUse: () => hot.memoryUse(),
    highWater: config.REDIS_HIGH_WATER,
    registry,
    log: engineLog(logger),
  });
  const app = await createApiApplication({
    engine: admission.guard(
      createEngineApi({
        ...hot.ports,
        ...record,
        handlers: handlers.catalog,
        schemas: taskHandlers.schemas,
        clock: systemClock,
        ids: uuidV7Ids(systemClock, Math.random),
      }),
    ),
    rateLimiter: hot.rateLimiter,
    logger,
    registry,
    healthChecks: { ...record.healthChecks, ...hot.healthChecks },
    config: apiConfigOf(config),
  });
  await app.listen(config.PORT, config.HOST);
  const { port } = app.getHttpServer().address() as AddressInfo;
  const host = config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST;
  return {
    url: `http://${host}:${port}`,
    async close() {
      await app.close();
      await admission.close();
      await handlers.close();
      await hot.close();
      await record.close();
      await taskHandlers.close();
    },
  };
}
