/** Bounds that keep any one definition harmless, however hostile. Inclusive: the value itself is allowed. */
export interface DefinitionLimits {
  readonly nodes: number;
  /** Entries of all `dependencies` together. */
  readonly edges: number;
  /** Levels of objects and arrays inside one free value (`config`, `output`, `input_schema`). */
  readonly nesting: number;
  /** JSON values inside all free values together. Also what ends the check of a structure that contains itself. */
  readonly values: number;
  /** Faults told in full; the rest is counted in one last `MORE_FAULTS`. */
  readonly faults: number;
}

export const defaultLimits: DefinitionLimits = {
  nodes: 100_000,
  edges: 1_000_000,
  nesting: 64,
  values: 2_000_000,
  faults: 100,
};

/** Text lengths in Unicode code points, as JSON Schema counts them, so that both checks agree. */
export const maxLength = {
  name: 255,
  description: 10_000,
  handler: 128,
  condition: 10_000,
  errorCode: 128,
  labelKey: 128,
  labelValue: 1_024,
} as const;

export const maxLabels = 64;
export const maxRetryCodes = 100;
export const maxAttempts = 1_000;
export const maxBackoffRate = 1_000;

/** Patterns are shared with the published JSON Schema; all are anchored and linear. */
export const idPattern = '^[A-Za-z_][A-Za-z0-9_-]{0,127}$';
export const queuePattern = '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$';

/**
 * `nodes` is how templates reach ids that are no identifiers; `__proto__` would set a prototype instead of a
 * key wherever results are collected by node id.
 */
export const reservedIds: readonly string[] = ['nodes', '__proto__'];
