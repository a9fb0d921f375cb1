import type { AddressInfo } from 'node:net';

import { createApiApplication } from '@workflow-engine/api';
import { InMemoryRateLimiter, systemClock } from '@workflow-engine/execution';
import { createLogger, createMetricsRegistry, type Logger, openEmbedded } from '@workflow-engine/runtime';

import type { Config } from './config';
import { type DemoUpstream, startDemoUpstream } from './demo-upstream';

export interface Standalone {
  /** Where it listens, e.g. `http://127.0.0.1:8000`. */
  readonly url: string;
  readonly demoUrl: string | undefined;
  readonly logger: Logger;
  close(): Promise<void>;
}

/** All roles and the REST API in this process, on an embedded database. */
export async function startStandalone(
  config: Config,
  env: Readonly<Record<string, string | undefined>>,
  demo: boolean,
): Promise<Standalone> {
  const logger = createLogger({ name: 'standalone', level: config.LOG_LEVEL });
  const registry = createMetricsRegistry();
  const upstream = demo ? await startDemoUpstream(config.DEMO_PORT) : undefined;
  const embedded = await openEmbedded({
    dataDir: config.DATA_DIR,
    concurrency: config.WORKER_CONCURRENCY,
    queues: config.WORKER_QUEUES,
    httpAllowHosts:
      upstream === undefined ? config.HTTP_ALLOW_HOSTS : [...config.HTTP_ALLOW_HOSTS, upstream.host],
    llm: llmOf(config, upstream),
    env,
    logger,
    registry,
  });
  const app = await createApiApplication({
    engine: embedded.engine.api,
    rateLimiter: new InMemoryRateLimiter(systemClock),
    logger,
    registry,
    healthChecks: embedded.healthChecks,
    config: {
      maxBodyBytes: config.MAX_BODY_BYTES,
      rateLimit: { max: config.RATE_LIMIT_MAX, windowMs: config.RATE_LIMIT_WINDOW_MS },
    },
  });
  const close = async (): Promise<void> => {
    await app.close();
    await embedded.close();
    await upstream?.close();
  };
  try {
    await app.listen(config.PORT, config.HOST);
  } catch (error) {
    await close();
    throw error;
  }
  const { port } = app.getHttpServer().address() as AddressInfo;
  const host = config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST;
  return { url: `http://${host}:${port}`, demoUrl: upstream?.url, logger, close };
}

/** A demo without an endpoint of its own talks to the upstream's imitation of one. */
function llmOf(config: Config, upstream: DemoUpstream | undefined) {
  if (config.OPENAI_BASE_URL !== undefined || config.OPENAI_API_KEY !== undefined || upstream === undefined) {
    return { baseUrl: config.OPENAI_BASE_URL, apiKey: config.OPENAI_API_KEY };
  }
  return { baseUrl: `${upstream.url}/v1`, apiKey: undefined };
}
