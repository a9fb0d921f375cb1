export {
  InvalidConfigError,
  list,
  oneOf,
  optional,
  readConfig,
  share,
  text,
  url,
  wholeNumber,
} from './config';
export type { ConfigOf, Setting, Settings } from './config';
export { HealthModule } from './health';
export type { HealthCheck, HealthChecks, HealthOptions, HealthReport } from './health';
export { createLogger, LOG_LEVELS, LOGGER, NestLogger } from './logging';
export type { Logger, LoggerOptions, LogLevel } from './logging';
export { LoggingModule } from './logging-module';
export { createMetricsRegistry, METRICS_REGISTRY, MetricsModule } from './metrics';
export { Shutdown, ShutdownModule } from './shutdown';
export { openAdmission } from './admission';
export { openTracing, tracingSettings } from './tracing/open-tracing';
export type { FinishedSpan, Tracing } from './tracing/span';
export { tracedApi } from './tracing/traced-api';
export type { TracedApi } from './tracing/traced-api';
export { tracedHotPorts } from './tracing/traced-commits';
export { openEmbedded } from './embedded';
export type { Embedded, EmbeddedOptions } from './embedded';
export { runProcess } from './run-process';
export type { Running } from './run-process';
export { openHotStore, openSystemOfRecord } from './distributed';
export type { HotStore, SystemOfRecord, SystemOfRecordOptions } from './distributed';
export { runWorker, startWorker } from './run-worker';
export type { RunWorkerOptions } from './run-worker';
export { openHandlerCatalog } from './handler-catalog';
export { RoleHealth } from './role-health';
export type { RoleHealthOptions } from './role-health';
export { listeningUrl } from './listening-url';
export { startRoleApplication } from './role-application';
export type { Role, RoleApplication, RoleApplicationOptions } from './role-application';
export { measuredHotPorts } from './role-metrics';
export { EngineMetrics } from './engine-metrics';
export {
  hotStoreSettings,
  taskHandlerSettings,
  processSettings,
  systemOfRecordSettings,
} from './shared-settings';
export { openTaskHandlers } from './task-handlers';
export type { OpenTaskHandlers, TaskHandlerOptions } from './task-handlers';
export { engineLog } from './engine-log';
