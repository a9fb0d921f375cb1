import { compileGraph, defaultLimits } from '@workflow-engine/dag';
import type {
  Fault,
  JsonObject,
  NodeDefinition,
  UncertaintyPolicy,
  WorkflowDefinition,
} from '@workflow-engine/dag';
import { compileTemplates } from '@workflow-engine/templating';

/** What is left of a node that may be faulty, for checks that do not need the rest of it. */
export type SalvagedNode = Pick<
  NodeDefinition,
  'id' | 'handler' | 'queue' | 'config' | 'when' | 'on_uncertain'
>;

/**
 * The nodes of a document that is no valid definition, each at its place and reduced to what can be checked on its
 * own, so that one answer tells what is wrong with handlers and templates too.
 */
export function salvageNodes(document: unknown): readonly SalvagedNode[] {
  const nodes = field(field(document, 'dag'), 'nodes');
  if (!Array.isArray(nodes) || nodes.length > defaultLimits.nodes) return [];
  return nodes.map((node: unknown, index) => {
    const [id, handler, queue, config, when, uncertain] = [
      'id',
      'handler',
      'queue',
      'config',
      'when',
      'on_uncertain',
    ].map((key) => field(node, key));
    return {
      id: typeof id === 'string' && id.length <= 128 ? id : `node ${index}`,
      // A node without a handler has its own fault already.
      handler: typeof handler === 'string' ? handler : 'noop',
      ...(typeof queue === 'string' && { queue }),
      ...(isObject(config) && { config: config as JsonObject }),
      ...(typeof when === 'string' && { when }),
      ...(isPolicy(uncertain) && { on_uncertain: uncertain }),
    };
  });
}

/** Faults of templates and conditions; what depends on the edges of the graph cannot be told. */
export function salvagedTemplateFaults(nodes: readonly SalvagedNode[]): readonly Fault[] {
  const definition: WorkflowDefinition = { name: 'salvaged', dag: { nodes } };
  const checked = compileTemplates(definition, compileGraph(firstOfEachId(nodes)));
  return checked.ok
    ? []
    : checked.faults.filter(({ code }) => code !== 'NOT_AN_ANCESTOR' && code !== 'REFERENCE_TOO_COSTLY');
}

/** Of duplicate ids only the first one may keep it. */
function firstOfEachId(nodes: readonly SalvagedNode[]): readonly NodeDefinition[] {
  const seen = new Set<string>();
  return nodes.map((node, index) => {
    const id = seen.has(node.id) ? `node ${index}` : node.id;
    seen.add(id);
    return { id, handler: node.handler };
  });
}

function isPolicy(value: unknown): value is UncertaintyPolicy {
  return value === 'retry' || value === 'park' || value === 'fail';
}

function field(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
