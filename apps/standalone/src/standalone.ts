import { apiConfigOf, createApiApplication } from '@workflow-engine/api';
import { InMemoryRateLimiter, systemClock } from '@workflow-engine/execution';
import {
  createLogger,
  createMetricsRegistry,
  listeningUrl,
  type Logger,
  openEmbedded,
  type TaskHandlerOptions,
} from '@workflow-engine/runtime';

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
    taskHandlers: upstream === undefined ? config : withUpstream(config, upstream),
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
    config: apiConfigOf(config),
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
  const url = listeningUrl(app.getHttpServer(), config.HOST);
  return { url, demoUrl: upstream?.url, logger, close };
}

/** Lets tasks reach the upstream; a demo without an endpoint of its own talks to the upstream's imitation of one. */
function withUpstream(config: Config, { host, url }: DemoUpstream): TaskHandlerOptions {
  const { OPENAI_BASE_URL, OPENAI_API_KEY } = config;
  const hasEndpoint = OPENAI_BASE_URL !== undefined || OPENAI_API_KEY !== undefined;
  return {
    HTTP_ALLOW_HOSTS: [...config.HTTP_ALLOW_HOSTS, host],
    OPENAI_BASE_URL: hasEndpoint ? OPENAI_BASE_URL : `${url}/v1`,
    OPENAI_API_KEY,
  };
}
