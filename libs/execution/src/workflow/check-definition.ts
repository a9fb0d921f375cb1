import { closestName, defaultLimits, didYouMean, parseDefinition } from '@workflow-engine/dag';
import type {
  Checked,
  Fault,
  JsonObject,
  ParsedDefinition,
  WorkBudget,
  WorkflowDefinition,
} from '@workflow-engine/dag';
import { compileTemplates } from '@workflow-engine/templating';
import type { CompiledTemplates } from '@workflow-engine/templating';

import type { SchemaValidator } from '../ports/schema-validator';
import type { HandlerCatalog, HandlerDescription } from '../ports/task-handler';
import { DEFAULT_QUEUE } from './compile-workflow';
import { controlOf } from './control-of';
import { knownHandlers } from './known-handlers';
import { salvagedTemplateFaults, salvageNodes } from './salvage';
import type { SalvagedNode } from './salvage';

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
  if (!parsed.ok) {
    // Too much to look at, or too deep to look into.
    if (parsed.faults.some(({ code }) => code === 'TOO_DEEP' || code === 'TOO_LARGE')) return parsed;
    const nodes = salvageNodes(document);
    return refused([...parsed.faults, ...handlerFaults(nodes, rules), ...salvagedTemplateFaults(nodes)]);
  }
  const { definition, graph } = parsed.value;
  const { nodes } = definition.dag;
  const templates = compileTemplates(definition, graph, {
    outputSchemaOf: (index) => outputSchema(nodes[index], rules.handlers),
  });
  const faults = [
    ...inputSchemaFaults(definition, rules.schemas),
    ...handlerFaults(nodes, rules),
    ...(templates.ok ? secretFaults(definition, templates.value) : templates.faults),
  ];
  if (!templates.ok || faults.length > 0) return refused(faults);
  return { ok: true, value: { definition, graph, templates: templates.value } };
}

/** One list, not longer than a person can use, with one count of what is not in it. */
function refused(faults: readonly Fault[]): Checked<never> {
  const told = faults.filter(({ code }) => code !== 'MORE_FAULTS').slice(0, defaultLimits.faults);
  if (told.length === faults.length) return { ok: false, faults };
  const message = 'There are more faults than are listed here. Mend these and submit again to see the rest.';
  return { ok: false, faults: [...told, { code: 'MORE_FAULTS', pointer: '', message }] };
}

function outputSchema(node: SalvagedNode | undefined, handlers: HandlerCatalog): JsonObject | undefined {
  return node && (controlOf(node) ?? handlers.find(node.handler))?.outputSchema;
}

function inputSchemaFaults({ input_schema }: WorkflowDefinition, schemas: SchemaValidator): readonly Fault[] {
  return input_schema === undefined ? [] : at('/input_schema', schemas.checkSchema(input_schema));
}

function handlerFaults(
  nodes: readonly SalvagedNode[],
  { handlers, schemas }: DefinitionRules,
): readonly Fault[] {
  const faults: Fault[] = [];
  const suggestions: WorkBudget = { left: 1_000_000 };
  for (const [index, node] of nodes.entries()) {
    // One more than is told, so that it shows that there are more.
    if (faults.length > defaultLimits.faults) break;
    const pointer = `/dag/nodes/${index}`;
    const control = controlOf(node);
    if (control !== undefined && node.on_uncertain !== undefined) faults.push(notATask(node, pointer));
    const handler = control ?? offered(node, handlers);
    if (handler === undefined) faults.push(unknownHandler(node, pointer, handlers, suggestions));
    else if (handler.configSchema !== undefined) {
      faults.push(
        ...at(`${pointer}/config`, schemas.check(handler.configSchema, node.config ?? {}, isTemplate)),
      );
    }
  }
  return faults;
}

/** By a worker of the node's queue. */
function offered(node: SalvagedNode, handlers: HandlerCatalog): HandlerDescription | undefined {
  const handler = handlers.find(node.handler);
  return handler?.queues?.includes(node.queue ?? DEFAULT_QUEUE) === false ? undefined : handler;
}

function unknownHandler(
  node: SalvagedNode,
  pointer: string,
  handlers: HandlerCatalog,
  suggestions: WorkBudget,
): Fault {
  const name = node.handler.slice(0, 80);
  const elsewhere = handlers.find(node.handler)?.queues;
  const message =
    elsewhere === undefined
      ? `No worker offers a handler "${name}".${adviceFor(node.handler, handlers, suggestions)}`
      : `No worker of the queue "${node.queue ?? DEFAULT_QUEUE}" offers the handler "${name}". It is offered in: ${elsewhere.slice(0, 20).join(', ')}.`;
  return { code: 'UNKNOWN_HANDLER', pointer: `${pointer}/handler`, message };
}

function adviceFor(handler: string, handlers: HandlerCatalog, suggestions: WorkBudget): string {
  const known = knownHandlers(handlers).map(({ name }) => name);
  const closest = closestName(handler, known, suggestions);
  return closest === undefined ? ` Known ones: ${known.slice(0, 20).join(', ')}.` : didYouMean(closest);
}

function notATask({ handler }: SalvagedNode, pointer: string): Fault {
  const message = `"${handler}" is carried out by the engine, so its end is never uncertain. Remove "on_uncertain"; it is for tasks that a worker runs, such as http.`;
  return { code: 'NOT_A_TASK', pointer: `${pointer}/on_uncertain`, message };
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
