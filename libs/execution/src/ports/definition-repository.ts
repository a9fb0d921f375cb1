import type { WorkflowDefinition } from '@workflow-engine/dag';

/** A definition as it was registered: immutable, known by `workflowId` + `version` or by `name` + `version`. */
export interface RegisteredDefinition {
  /** UUIDv7; one per name. */
  readonly workflowId: string;
  readonly name: string;
  /** 1, 2, 3 ... within a name. */
  readonly version: number;
  readonly definition: WorkflowDefinition;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
}

export interface DefinitionSummary {
  readonly workflowId: string;
  readonly name: string;
  readonly version: number;
  readonly nodeCount: number;
  readonly createdAt: string;
}

/** Immutable, versioned definitions: the same content (canonical JSON) under the same name is the same version. */
export interface DefinitionRepository {
  /** Safe to call concurrently and repeatedly; `created` is false when this content was registered before. */
  register(definition: WorkflowDefinition): Promise<RegisteredDefinition & { readonly created: boolean }>;
  find(workflowId: string, version: number): Promise<RegisteredDefinition | undefined>;
  /** The given version, or the newest one. */
  findByName(name: string, version?: number): Promise<RegisteredDefinition | undefined>;
  /** What `findByName` found as the newest version the last time, if that is remembered. There may be a newer one. */
  lastKnown(name: string): RegisteredDefinition | undefined;
  /** The newest version of each name, ordered by name. */
  list(page: PageRequest): Promise<Page<DefinitionSummary>>;
  /** Every version of a name, newest first. */
  versions(name: string, page: PageRequest): Promise<Page<DefinitionSummary>>;
}

export interface PageRequest {
  /** 1..1,000 */
  readonly limit: number;
  /** `nextCursor` of the page before; opaque. Throws {@link InvalidCursorError} when it is none of ours. */
  readonly cursor?: string;
}

/** Keyset pagination: stable while rows come and go. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}
