import type { NodeStatus } from '@workflow-engine/contracts';

/** What a picture of a workflow needs to know of a node. */
export interface OutlineNode {
  readonly id: string;
  readonly handler: string;
  readonly dependencies: readonly string[];
  readonly status?: NodeStatus;
}

/** A definition as the engine has accepted it. */
export interface AcceptedDefinition {
  readonly name: string;
  readonly dag: {
    readonly nodes: readonly { id: string; handler: string; dependencies?: readonly string[] }[];
  };
}

export function outlineOf(
  definition: unknown,
  statuses: Readonly<Record<string, NodeStatus>> = {},
): readonly OutlineNode[] {
  return (definition as AcceptedDefinition).dag.nodes.map(({ id, handler, dependencies = [] }) => {
    const status = statuses[id];
    return { id, handler, dependencies, ...(status !== undefined && { status }) };
  });
}

/** The longest way from a start to each node, as its rank. */
export function ranksOf(nodes: readonly OutlineNode[]): ReadonlyMap<string, number> {
  const ranks = new Map<string, number>();
  const dependents = dependentsOf(nodes);
  const open = new Map(nodes.map((node) => [node.id, node.dependencies.length]));
  const ready = nodes.filter((node) => node.dependencies.length === 0);
  // Grows while it is walked through.
  for (const node of ready) {
    ranks.set(node.id, Math.max(-1, ...node.dependencies.map((id) => ranks.get(id) ?? 0)) + 1);
    for (const dependent of dependents.get(node.id) ?? []) {
      const left = (open.get(dependent.id) ?? 0) - 1;
      open.set(dependent.id, left);
      if (left === 0) ready.push(dependent);
    }
  }
  return ranks;
}

/** These nodes and all that depend on them. */
export function downstreamOf(nodes: readonly OutlineNode[], ids: readonly string[]): ReadonlySet<string> {
  const dependents = dependentsOf(nodes);
  const found = new Set(ids);
  // Grows while it is walked through.
  for (const id of found) for (const dependent of dependents.get(id) ?? []) found.add(dependent.id);
  return found;
}

function dependentsOf(nodes: readonly OutlineNode[]): ReadonlyMap<string, readonly OutlineNode[]> {
  const dependents = new Map<string, OutlineNode[]>(nodes.map((node) => [node.id, []]));
  for (const node of nodes) {
    for (const id of node.dependencies) dependents.get(id)?.push(node);
  }
  return dependents;
}
