import { InMemoryDeadLetters } from '../in-memory/in-memory-dead-letters';
import { InMemoryDefinitionRepository } from '../in-memory/in-memory-definition-repository';
import { InMemoryExecutionRepository } from '../in-memory/in-memory-execution-repository';
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
  const ids = uuidV7Ids(clock, random);
  const deadLetters = new InMemoryDeadLetters(ids);
  return createEmbeddedEngine({
    schemas: { check: () => [], checkSchema: () => [] },
    ...options,
    definitions: new InMemoryDefinitionRepository(ids, clock),
    executions: new InMemoryExecutionRepository(deadLetters),
    deadLetters,
  });
}
