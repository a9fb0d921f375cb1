export { InvalidConfigError, list, oneOf, optional, readConfig, text, url, wholeNumber } from './config';
export type { ConfigOf, Setting, Settings } from './config';
export { HealthModule } from './health';
export type { HealthCheck, HealthChecks, HealthReport } from './health';
export { createLogger, LOG_LEVELS, LOGGER, NestLogger } from './logging';
export type { Logger, LoggerOptions, LogLevel } from './logging';
export { LoggingModule } from './logging-module';
export { createMetricsRegistry, METRICS_REGISTRY, MetricsModule } from './metrics';
export { Shutdown, ShutdownModule } from './shutdown';
