export type { Database } from './database/database';
export { type DatabaseOptions, openDatabase } from './database/open-database';
export { DataFolderInUseError, SchemaOutdatedError } from './errors';
export { PostgresDeadLetters } from './postgres-dead-letters';
export { PostgresDefinitionRepository } from './postgres-definition-repository';
export { PostgresExecutionRepository } from './postgres-execution-repository';
