import type { Logger } from '@workflow-engine/runtime';
import type { Request, RequestHandler, Response } from 'express';
import { Histogram, type Registry } from 'prom-client';

import { requestIdOf } from './request-context';

/** Latency per route (the pattern, never the path, so that the number of series stays bounded). */
export function httpMetrics(registry: Registry, logger: Logger): RequestHandler {
  const latency = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request head to the end of the answer; live streams are left out',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  return (request, response, next) => {
    const start = process.hrtime.bigint();
    response.once('close', () => {
      const seconds = Number(process.hrtime.bigint() - start) / 1e9;
      const route = routeOf(request);
      const status = response.statusCode;
      if (!isStream(response)) latency.observe({ method: request.method, route, status }, seconds);
      logger.debug(
        { requestId: requestIdOf(response), method: request.method, route, status, ms: seconds * 1_000 },
        'request',
      );
    });
    next();
  };
}

function routeOf(request: Request): string {
  const route = request.route as { readonly path?: unknown } | undefined;
  return typeof route?.path === 'string' ? route.path : 'unmatched';
}

function isStream(response: Response): boolean {
  return String(response.getHeader('content-type')).startsWith('text/event-stream');
}
