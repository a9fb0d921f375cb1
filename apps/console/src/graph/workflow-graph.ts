import type { Json, JsonObject } from '@workflow-engine/contracts';

import { isObject, listOf } from '../json';

/** A node of a definition, as far as the console shows it. */
export interface GraphNode {
  readonly id: string;
  readonly handler: string;
  readonly dependencies: readonly string[];
  readonly config: Json;
  /** The condition under which it runs; empty: always. */
  readonly when: string;
}

export interface WorkflowGraph {
  /** By id, in the definition's order. */
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly dependents: ReadonlyMap<string, readonly string[]>;
}

/** Reads leniently: an editor's half-written definition still has a picture. Cycles are left in. */
export function graphOf(definition: JsonObject): WorkflowGraph {
  const nodes = new Map<string, GraphNode>();
  for (const node of nodesOf(definition)) {
    if (!isObject(node) || typeof node.id !== 'string' || nodes.has(node.id)) continue;
    nodes.set(node.id, {
      id: node.id,
      handler: typeof node.handler === 'string' ? node.handler : '',
      dependencies: texts(node.dependencies),
      config: node.config ?? {},
      when: typeof node.when === 'string' ? node.when : '',
    });
  }
  const dependents = new Map<string, string[]>();
  for (const id of nodes.keys()) dependents.set(id, []);
  for (const [id, node] of nodes) for (const other of node.dependencies) dependents.get(other)?.push(id);
  return { nodes, dependents };
}

/** As they are written, well or not. */
export function nodesOf({ dag }: JsonObject): readonly Json[] {
  return isObject(dag) ? listOf(dag.nodes) : [];
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

function texts(value: Json | undefined): readonly string[] {
  return listOf(value).filter((entry): entry is string => typeof entry === 'string');
}
