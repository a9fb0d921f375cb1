/** Shared by the specs: a workflow `a -> b` and `odd-id -> b`, whose node `b` holds the template under test. */
import {
  compileGraph,
  type Fault,
  type Json,
  type JsonObject,
  type NodeDefinition,
} from '@workflow-engine/dag';
import { compileTemplates } from '../compile-templates';
import { TemplateError } from '../errors';
import type { CompiledTemplates, Resolved, TemplateOptions, TemplateScope } from '../types';

export interface Facts {
  /** Outputs by node id. */
  readonly outputs?: Readonly<Record<string, Json>>;
  readonly input?: Json;
  readonly status?: string;
  readonly error?: Json;
}

export const IDS = ['a', 'odd-id', 'b'];

export function scopeOf({
  outputs = {},
  input = null,
  status = 'COMPLETED',
  error = null,
}: Facts): TemplateScope {
  return {
    node: (index) => ({ output: outputs[IDS[index] ?? ''] ?? null, status, error }),
    input,
    execution: { id: 'exec-1', started_at: '2026-01-31T12:00:00.000Z' },
    labels: { team: 'sales' },
  };
}

/** The fixture's nodes; `b` gets these fields. */
export function nodesWith(b: { readonly config?: JsonObject; readonly when?: string }): NodeDefinition[] {
  return [
    { id: 'a', handler: 'noop' },
    { id: 'odd-id', handler: 'noop' },
    { id: 'b', handler: 'noop', dependencies: ['a', 'odd-id'], ...b },
  ];
}

export function compileNodes(nodes: readonly NodeDefinition[], options?: TemplateOptions, output?: Json) {
  const definition =
    output === undefined ? { name: 'test', dag: { nodes } } : { name: 'test', dag: { nodes }, output };
  return compileTemplates(definition, compileGraph(nodes), options);
}

export function compiled(
  nodes: readonly NodeDefinition[],
  options?: TemplateOptions,
  output?: Json,
): CompiledTemplates {
  const result = compileNodes(nodes, options, output);
  if (!result.ok) throw new Error(`Faults: ${JSON.stringify(result.faults)}`);
  return result.value;
}

export function faultsOf(
  nodes: readonly NodeDefinition[],
  options?: TemplateOptions,
  output?: Json,
): readonly Fault[] {
  const result = compileNodes(nodes, options, output);
  return result.ok ? [] : result.faults;
}

/** The faults of one text in the config of `b`. */
export function faultsOfText(text: string, options?: TemplateOptions): readonly Fault[] {
  return faultsOf(nodesWith({ config: { v: text } }), options);
}

export function resolveConfig(config: JsonObject, facts: Facts = {}, options?: TemplateOptions): Resolved {
  const template = compiled(nodesWith({ config }), options).nodes[2]?.config;
  if (template === undefined) throw new Error('b has no config');
  return template.resolve(scopeOf(facts));
}

export function resolveText(text: string, facts: Facts = {}, options?: TemplateOptions): Json {
  const { value } = resolveConfig({ v: text }, facts, options);
  return (value as JsonObject).v ?? null;
}

/** The value of one CEL expression. */
export function evaluate(expression: string, facts: Facts = {}, options?: TemplateOptions): Json {
  return resolveText(`\${${expression}}`, facts, options);
}

/** The error that resolving must end in. */
export function failureOf(run: () => unknown): TemplateError {
  try {
    run();
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  throw new Error('Expected a TemplateError, but nothing was thrown');
}
