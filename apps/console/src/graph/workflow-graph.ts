import type { Json, JsonObject } from '@workflow-engine/contracts';

/** A node of a definition, as far as the console shows it. */
export interface GraphNode {
  readonly id: string;
  readonly handler: string;
  readonly dependencies: readonly string[];
  readonly config: Json;
}

export interface WorkflowGraph {
  /** By id, in the definition's order. */
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly dependents: ReadonlyMap<string, readonly string[]>;
}

/** Reads leniently: an editor's half-written definition still has a picture. Cycles are left in. */
export function graphOf(definition: JsonObject): WorkflowGraph {
  const dag = definition.dag;
  const listed = isObject(dag) && Array.isArray(dag.nodes) ? (dag.nodes as readonly Json[]) : [];
  const nodes = new Map<string, GraphNode>();
  for (const node of listed) {
    if (!isObject(node) || typeof node.id !== 'string' || nodes.has(node.id)) continue;
    nodes.set(node.id, {
      id: node.id,
      handler: typeof node.handler === 'string' ? node.handler : '',
      dependencies: texts(node.dependencies),
      config: node.config ?? {},
    });
  }
  const dependents = new Map<string, string[]>();
  for (const id of nodes.keys()) dependents.set(id, []);
  for (const [id, node] of nodes) for (const other of node.dependencies) dependents.get(other)?.push(id);
  return { nodes, dependents };
}

/** All nodes that can be reached from one, itself not among them. */
export function reachable(
  from: string,
  next: (id: string) => readonly string[] | undefined,
): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const other of next(id) ?? []) {
      if (found.has(other) || other === from) continue;
      found.add(other);
      open.push(other);
    }
  }
  return found;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function texts(value: Json | undefined): readonly string[] {
  const list = Array.isArray(value) ? (value as readonly Json[]) : [];
  return list.filter((entry): entry is string => typeof entry === 'string');
}
