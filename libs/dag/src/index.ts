export type {
  Duration,
  JoinPolicy,
  Json,
  JsonObject,
  NodeDefinition,
  NodeTimeouts,
  RetryPolicy,
  UncertaintyPolicy,
  WorkflowDefinition,
} from './definition';
export type { Checked, Fault } from './fault';
export type { DefinitionFaultCode } from './fault-report';
export type { CompiledGraph } from './graph';
export { canonicalJson } from './canonical-json';
export { checkJson } from './check-json';
export { closestName, didYouMean, type WorkBudget } from './closest-name';
export { compileGraph } from './compile-graph';
export { definitionSchema, definitionSchemaWith, type SchemaOfHandler } from './definition-schema';
export { checkDuration, type DurationCheck, durationMs, durationSchema } from './duration';
export { InvalidDurationError, InvalidGraphError } from './errors';
export { type DefinitionLimits, defaultLimits } from './limits';
export { type ParsedDefinition, parseDefinition, type ParseOptions } from './parse-definition';
