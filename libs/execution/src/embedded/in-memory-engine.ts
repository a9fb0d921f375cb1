import { inMemoryRepositories } from '../in-memory/in-memory-repositories';
import { systemClock, uuidV7Ids } from '../in-memory/system';
import type { SchemaValidator } from '../ports/schema-validator';
import { createEmbeddedEngine } from './embedded-engine';
import type { EmbeddedEngine, EmbeddedEngineOptions } from './embedded-engine';

export interface InMemoryEngineOptions extends Omit<
  EmbeddedEngineOptions,
  'definitions' | 'executions' | 'deadLetters' | 'schemas'
> {
  /** Checks configs and inputs against JSON Schemas. Without one, schemas are not looked at. */
  readonly schemas?: SchemaValidator;
}

/** The whole engine in memory: for tests, for trying things out, for workflows that need not survive the process. */
export function createInMemoryEngine(options: InMemoryEngineOptions): EmbeddedEngine {
  const { clock = systemClock, random = Math.random } = options;
  return createEmbeddedEngine({
    schemas: { check: () => [], checkSchema: () => [] },
    ...options,
    ...inMemoryRepositories(uuidV7Ids(clock, random), clock),
  });
}
