import type { Server } from 'node:http';

import type { INestApplication, NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule } from '@nestjs/swagger';
import { METRICS_REGISTRY, NestLogger, Shutdown } from '@workflow-engine/runtime';
import express from 'express';
import type { Registry } from 'prom-client';

import { ApiModule, type ApiOptions } from './api.module';
import { builtConsole, serveConsole } from './console/serve-console';
import { httpMetrics } from './http/http-metrics';
import { rateLimit } from './http/rate-limit';
import { requestContext } from './http/request-context';
import { openApiDocument } from './openapi/document';
import { OpenApiHolder } from './openapi/openapi.controller';
import { ProblemFilter } from './problems/problem-filter';

/** Longer than the idle time of common load balancers (60 s), so that it is they who close a connection. */
const keepAliveTimeoutMs = 72_000;

/** The complete HTTP side, initialized; the caller listens and closes. `close()` ends live streams first. */
export async function createApiApplication(options: ApiOptions): Promise<INestApplication<Server>> {
  const instance = express();
  instance.disable('x-powered-by');
  // Hashing answers of megabytes costs more than it saves; nothing here is revalidated.
  instance.disable('etag');
  const settings: Readonly<NestApplicationOptions> = {
    bodyParser: false,
    logger: new NestLogger(options.logger),
    abortOnError: false,
    routeConflictPolicy: { duplicate: 'error', shadow: 'error' },
  };
  const app = await NestFactory.create<NestExpressApplication>(
    ApiModule.register(options),
    new ExpressAdapter(instance),
    settings,
  );
  app.use(requestContext);
  const webConsole = serveConsole(options.consoleFolder ?? builtConsole);
  if (webConsole !== undefined) app.use(webConsole);
  if (options.requestScope !== undefined) app.use(options.requestScope);
  const registry = app.get<Registry>(METRICS_REGISTRY);
  app.use(httpMetrics(registry, options.logger));
  const limit = options.config?.rateLimit;
  if (limit !== undefined && limit.max > 0) app.use(rateLimit(options.rateLimiter, limit, options.logger));
  app.useGlobalFilters(new ProblemFilter(options.logger));

  const document = openApiDocument(app);
  app.get(OpenApiHolder).json = JSON.stringify(document);
  SwaggerModule.setup('docs', app, document, { raw: false, customSiteTitle: 'Workflow engine API' });

  await app.init();
  const server = app.getHttpServer();
  server.keepAliveTimeout = keepAliveTimeoutMs;
  // Closing waits for connections: those that still answer would be kept open for the next request.
  const hurry = (): void => {
    server.keepAliveTimeout = 1;
  };
  app.get(Shutdown).signal.addEventListener('abort', hurry, { once: true });
  return app;
}
