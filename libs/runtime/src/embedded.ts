import { createEmbeddedEngine, type EmbeddedEngine } from '@workflow-engine/execution';
import type { Registry } from 'prom-client';

import { engineLog } from './engine-log';
import { EngineMetrics } from './engine-metrics';
import type { HealthChecks } from './health';
import type { Logger } from './logging';
import { openRepositories } from './repositories';
import { openTaskHandlers, type TaskHandlerOptions } from './task-handlers';

export interface EmbeddedOptions {
  /** Folder of the embedded database. */
  readonly dataDir: string;
  readonly concurrency: number;
  readonly queues: readonly string[];
  readonly taskHandlers: TaskHandlerOptions;
  /** Where `${secrets.NAME}` is looked up, as `SECRET_NAME`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
  readonly registry: Registry;
}

export interface Embedded {
  readonly engine: EmbeddedEngine;
  readonly healthChecks: HealthChecks;
  /** Stops the engine, then closes what it stands on. */
  close(): Promise<void>;
}

/** The embedded engine on its database, with the built-in task handlers; started. */
export async function openEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { dataDir, registry } = options;
  const tasks = await openTaskHandlers(options.taskHandlers, options.env);
  const database = await openRepositories({ dataDir });
  const metrics = new EngineMetrics(registry);
  const engine = createEmbeddedEngine({
    ...database.repositories,
    handlers: [...tasks.handlers.values()],
    schemas: tasks.schemas,
    secrets: tasks.secrets,
    queues: options.queues,
    concurrency: options.concurrency,
    log: engineLog(options.logger),
    onTaskRun: metrics.noteTask,
  });
  await metrics.watch(engine);
  await engine.start();
  return {
    engine,
    healthChecks: { database: database.ping },
    async close() {
      await engine.stop();
      await tasks.close();
      await database.close();
    },
  };
}
