import type { WorkflowGraph } from '../graph/workflow-graph';
import type { JournalState, NodeState } from './fold';

/**
 * The chain that decided how long the execution took: from the node that ended last, back each time to the
 * dependency that ended last, for that is the one it waited for. Nodes that never began are on no path.
 */
export function criticalPath(graph: WorkflowGraph, state: JournalState): readonly string[] {
  const begun = [...state.nodes.values()].filter(
    ({ firstAt, status }) => firstAt !== undefined && status !== 'SKIPPED',
  );
  const path: string[] = [];
  const seen = new Set<string>();
  for (let node = latest(begun); node !== undefined && !seen.has(node.id);) {
    seen.add(node.id);
    path.unshift(node.id);
    const dependencies: readonly string[] = graph.nodes.get(node.id)?.dependencies ?? [];
    node = latest(
      dependencies.flatMap((id) => {
        const dependency = state.nodes.get(id);
        return dependency?.firstAt === undefined ? [] : [dependency];
      }),
    );
  }
  return path;
}

/** One that still runs is later than all that ended; of those that ended together, the last is further downstream. */
function latest(nodes: readonly NodeState[]): NodeState | undefined {
  let found: NodeState | undefined;
  for (const node of nodes) if (found === undefined || endOf(node) >= endOf(found)) found = node;
  return found;
}

function endOf({ endedAt, firstAt }: NodeState): number {
  return endedAt ?? (firstAt === undefined ? -Infinity : firstAt + 1e14);
}
