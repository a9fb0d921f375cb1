import { closestName, durationMs, parseDefinition } from '@workflow-engine/dag';
import type {
  Checked,
  Fault,
  JsonObject,
  NodeDefinition,
  ParsedDefinition,
  RetryPolicy,
  WorkflowDefinition,
} from '@workflow-engine/dag';
import { compileTemplates } from '@workflow-engine/templating';
import type { CompiledTemplates } from '@workflow-engine/templating';

import { CONTROL_HANDLERS } from '../decider/control-nodes';
import type { ControlHandler } from '../decider/control-nodes';
import type { HandlerCatalog } from '../ports/task-handler';
import type { SchemaValidator } from '../ports/schema-validator';
import type { CompiledWorkflow, NodePlan, RetryPlan } from './compiled-workflow';

export const DEFAULT_QUEUE = 'default';

/** What a definition is checked against beyond its own shape. */
export interface DefinitionRules {
  readonly handlers: HandlerCatalog;
  readonly schemas: SchemaValidator;
}

export interface CheckedDefinition extends ParsedDefinition {
  readonly templates: CompiledTemplates;
}

/** Everything that is wrong with a submitted document, or the definition with its graph and templates. */
export function checkDefinition(document: unknown, rules: DefinitionRules): Checked<CheckedDefinition> {
  const parsed = parseDefinition(document);
  if (!parsed.ok) return parsed;
  const { definition, graph } = parsed.value;
  const templates = compileTemplates(definition, graph, {
    outputSchemaOf: (index) => outputSchema(definition.dag.nodes[index], rules.handlers),
  });
  const faults = [
    ...inputSchemaFaults(definition, rules.schemas),
    ...definition.dag.nodes.flatMap((node, index) => handlerFaults(node, index, rules)),
    ...(templates.ok ? secretFaults(definition, templates.value) : templates.faults),
  ];
  if (!templates.ok || faults.length > 0) return { ok: false, faults };
  return { ok: true, value: { definition, graph, templates: templates.value } };
}

/**
 * Compiles a definition that was accepted before. Handlers are not looked at again: one that is gone since fails
 * its tasks, not the engine. @throws Error when the definition is none that this version could have accepted
 */
export function compileWorkflow(
  workflowId: string,
  version: number,
  definition: WorkflowDefinition,
): CompiledWorkflow {
  const parsed = parseDefinition(definition);
  const templates = parsed.ok ? compileTemplates(definition, parsed.value.graph) : parsed;
  if (!parsed.ok || !templates.ok) {
    const faults = templates.ok ? [] : templates.faults;
    throw new Error(
      `definition ${workflowId} version ${version} is not valid any more: ${faults[0]?.message ?? ''}`,
    );
  }
  return {
    workflowId,
    version,
    name: definition.name,
    labels: definition.labels ?? {},
    graph: parsed.value.graph,
    templates: templates.value,
    plans: definition.dag.nodes.map(planOf),
    timeoutMs: optionalMs(definition.timeout),
    inputSchema: definition.input_schema,
  };
}

/** The decider's own handler of a node. A `noop` with a queue is a task, so that routing can be tried. */
function controlOf(node: NodeDefinition): ControlHandler | undefined {
  return node.handler === 'noop' && node.queue !== undefined ? undefined : CONTROL_HANDLERS.get(node.handler);
}

function outputSchema(node: NodeDefinition | undefined, handlers: HandlerCatalog): JsonObject | undefined {
  if (node === undefined) return undefined;
  return (controlOf(node) ?? handlers.find(node.handler))?.outputSchema;
}

function inputSchemaFaults({ input_schema }: WorkflowDefinition, schemas: SchemaValidator): readonly Fault[] {
  return input_schema === undefined ? [] : at('/input_schema', schemas.checkSchema(input_schema));
}

function handlerFaults(
  node: NodeDefinition,
  index: number,
  { handlers, schemas }: DefinitionRules,
): readonly Fault[] {
  const pointer = `/dag/nodes/${index}`;
  const handler = controlOf(node) ?? handlers.find(node.handler);
  if (handler === undefined) return [unknownHandler(node, pointer, handlers)];
  if (handler.configSchema === undefined) return [];
  return at(`${pointer}/config`, schemas.check(handler.configSchema, node.config ?? {}, isTemplate));
}

function unknownHandler(node: NodeDefinition, pointer: string, handlers: HandlerCatalog): Fault {
  const known = [...CONTROL_HANDLERS.keys(), ...handlers.names()];
  const closest = closestName(node.handler, known);
  const advice =
    closest === undefined ? `Known ones: ${known.slice(0, 20).join(', ')}.` : `Did you mean "${closest}"?`;
  return {
    code: 'UNKNOWN_HANDLER',
    pointer: `${pointer}/handler`,
    message: `No worker offers a handler "${node.handler}". ${advice}`,
  };
}

/** Control nodes show their config as output, so a secret must not get there. */
function secretFaults({ dag }: WorkflowDefinition, templates: CompiledTemplates): readonly Fault[] {
  return dag.nodes.flatMap((node, index) => {
    const names = templates.nodes[index]?.config.secretNames ?? [];
    if (names.length === 0 || controlOf(node) === undefined) return [];
    const message = `"${node.handler}" is carried out by the engine and would record the secret ${names[0] ?? ''}. Use secrets only in tasks that a worker runs, such as http.`;
    return [{ code: 'SECRET_NOT_ALLOWED', pointer: `/dag/nodes/${index}/config`, message }];
  });
}

function isTemplate(value: string): boolean {
  return value.includes('${');
}

function at(prefix: string, faults: readonly Fault[]): readonly Fault[] {
  return faults.map((fault) => ({ ...fault, pointer: prefix + fault.pointer }));
}

function planOf(node: NodeDefinition): NodePlan {
  const control = controlOf(node);
  const timeout = typeof node.timeout === 'object' ? node.timeout : { start_to_close: node.timeout };
  return {
    handler: node.handler,
    control,
    queue: node.queue ?? DEFAULT_QUEUE,
    join: node.join ?? 'all_succeeded',
    retry: retryPlanOf(node.retry, control === undefined ? 3 : 1),
    startToCloseMs: optionalMs(timeout.start_to_close),
    heartbeatMs: 'heartbeat' in timeout ? optionalMs(timeout.heartbeat) : undefined,
    scheduleToStartMs: 'schedule_to_start' in timeout ? optionalMs(timeout.schedule_to_start) : undefined,
    tolerated: node.on_failure === 'continue',
  };
}

/** Without `retry_on`, an error is tried again when its handler says that this may help. */
function retryPlanOf(policy: RetryPolicy | undefined, defaultAttempts: number): RetryPlan {
  return {
    maxAttempts: policy?.max_attempts ?? defaultAttempts,
    intervalMs: durationMs(policy?.interval ?? 1),
    backoffRate: policy?.backoff_rate ?? 2,
    maxIntervalMs: durationMs(policy?.max_interval ?? 30),
    fullJitter: policy?.jitter !== 'none',
    retryOn: policy?.retry_on === undefined ? undefined : new Set(policy.retry_on),
  };
}

function optionalMs(duration: string | number | undefined): number | undefined {
  return duration === undefined ? undefined : durationMs(duration);
}
