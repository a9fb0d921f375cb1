import { createEmbeddedEngine, type EmbeddedEngine } from '@workflow-engine/execution';
import { AjvSchemaValidator } from '@workflow-engine/json-schema';
import {
  openDatabase,
  PostgresDeadLetters,
  PostgresDefinitionRepository,
  PostgresExecutionRepository,
} from '@workflow-engine/postgres';
import { builtInHandlers, environmentSecrets } from '@workflow-engine/task-handlers';
import type { Registry } from 'prom-client';

import { engineLog } from './engine-log';
import { EngineMetrics } from './engine-metrics';
import type { HealthChecks } from './health';
import type { Logger } from './logging';

export interface EmbeddedOptions {
  /** Folder of the embedded database. */
  readonly dataDir: string;
  readonly concurrency: number;
  readonly queues: readonly string[];
  readonly httpAllowHosts: readonly string[];
  readonly llm: { readonly baseUrl: string | undefined; readonly apiKey: string | undefined };
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
  const { llm, dataDir, registry } = options;
  const schemas = new AjvSchemaValidator();
  const builtIn = builtInHandlers({ http: { allowHosts: options.httpAllowHosts }, llm: { ...llm, schemas } });
  const database = await openDatabase({ dataDir });
  const metrics = new EngineMetrics(registry);
  const engine = createEmbeddedEngine({
    definitions: new PostgresDefinitionRepository(database),
    executions: new PostgresExecutionRepository(database),
    deadLetters: new PostgresDeadLetters(database),
    handlers: builtIn.handlers,
    schemas,
    secrets: environmentSecrets(options.env),
    queues: options.queues,
    concurrency: options.concurrency,
    log: engineLog(options.logger),
    onTaskRun: metrics.noteTask,
  });
  await metrics.watch(engine);
  await engine.start();
  return {
    engine,
    healthChecks: { database: () => database.ping() },
    async close() {
      await engine.stop();
      await builtIn.close();
      await database.close();
    },
  };
}
