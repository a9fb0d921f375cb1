/** Bounds that keep a user's schema, or data against it, from costing more than about a second. Inclusive. */
export interface SchemaLimits {
  /** Objects in one schema. Compiling costs about 0.25 ms each. */
  readonly schemaObjects: number;
  /** JSON values of any kind in one schema (a long `enum`, say). */
  readonly schemaValues: number;
  /** Levels of nesting of one schema. */
  readonly schemaDepth: number;
  /** Patterns in one schema. Ajv's cost grows with their square. */
  readonly patterns: number;
  /** States of all patterns together, with repetitions written out: `a{500}` has 500. Each costs 3 us. */
  readonly patternStates: number;
  /** Keywords evaluated plus values walked in one check; also what bounds the errors collected. */
  readonly steps: number;
  /** Faults told; the rest is counted in one last fault. */
  readonly faults: number;
  /** Compiled schemas kept. One takes 50 kB and up. */
  readonly cachedSchemas: number;
}

export const defaultSchemaLimits: SchemaLimits = {
  schemaObjects: 2_000,
  schemaValues: 50_000,
  schemaDepth: 64,
  patterns: 500,
  patternStates: 50_000,
  steps: 1_000_000,
  faults: 50,
  cachedSchemas: 200,
};
