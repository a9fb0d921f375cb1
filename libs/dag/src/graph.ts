/**
 * A validated DAG on index arrays (compressed sparse rows), so that one step of an execution costs its node's
 * degree and never the size of the graph. Nodes are numbered in definition order.
 */
export interface CompiledGraph {
  readonly size: number;
  readonly edgeCount: number;
  readonly ids: readonly string[];
  indexOf(id: string): number | undefined;
  /** Successors of `i`: `successors[successorOffsets[i] .. successorOffsets[i + 1])`. */
  readonly successorOffsets: Int32Array;
  readonly successors: Int32Array;
  /** Predecessors of `i`, in the order of its `dependencies`: likewise. */
  readonly predecessorOffsets: Int32Array;
  readonly predecessors: Int32Array;
  /** Every node after all of its dependencies (Kahn's order); `position[order[k]] === k`. */
  readonly order: Int32Array;
  readonly position: Int32Array;
}
