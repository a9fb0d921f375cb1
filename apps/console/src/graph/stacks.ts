import type { WorkflowGraph } from './workflow-graph';

/** More siblings than this are drawn as one stack. */
export const stackAbove = 20;

/** What is drawn: a node of the workflow, or many of the same place in it. */
export interface Shown {
  /** The node's id, or that of the first in the stack. */
  readonly id: string;
  readonly members: readonly string[];
}

export interface ShownGraph {
  readonly shown: ReadonlyMap<string, Shown>;
  /** Node id -> id of what shows it. */
  readonly shownBy: ReadonlyMap<string, string>;
  /** Between ids of `shown`, each once. */
  readonly edges: readonly (readonly [string, string])[];
}

/** Siblings (same handler, same dependencies, same dependents) become a stack when there are many of them. */
export function stackSiblings(graph: WorkflowGraph, expanded: ReadonlySet<string>): ShownGraph {
  const groups = new Map<string, string[]>();
  for (const node of graph.nodes.values()) {
    const key = JSON.stringify([
      node.handler,
      [...node.dependencies].sort(),
      [...(graph.dependents.get(node.id) ?? [])].sort(),
    ]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [node.id]);
    else group.push(node.id);
  }
  const shown = new Map<string, Shown>();
  const shownBy = new Map<string, string>();
  for (const members of groups.values()) {
    const [first = ''] = members;
    const stacked = members.length > stackAbove && !expanded.has(first);
    if (stacked) shown.set(first, { id: first, members });
    for (const id of members) {
      if (!stacked) shown.set(id, { id, members: [id] });
      shownBy.set(id, stacked ? first : id);
    }
  }
  return { shown, shownBy, edges: edgesBetween(graph, shownBy) };
}

function edgesBetween(
  graph: WorkflowGraph,
  shownBy: ReadonlyMap<string, string>,
): readonly (readonly [string, string])[] {
  const edges = new Map<string, readonly [string, string]>();
  for (const node of graph.nodes.values()) {
    const to = shownBy.get(node.id);
    for (const dependency of node.dependencies) {
      const from = shownBy.get(dependency);
      if (from === undefined || to === undefined) continue;
      edges.set(JSON.stringify([from, to]), [from, to]);
    }
  }
  return [...edges.values()];
}
