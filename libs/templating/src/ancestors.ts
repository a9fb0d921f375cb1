/**
 * Which references point at an ancestor. Nearly all go to a direct dependency or close to it, which a short
 * search settles. The rest is answered 32 targets at a time: one bit per target, carried along the edges in
 * topological order between the first target and the last source. The total work is bounded.
 */
import type { CompiledGraph } from '@workflow-engine/dag';

export interface Reference {
  readonly from: number;
  readonly to: number;
}

export type Verdict = 'ancestor' | 'not-an-ancestor' | 'too-costly';

/** Edges looked at before a reference is left to the batches. */
const SHORT_SEARCH_EDGES = 128;
/** Edges that all batches together may look at; about 0.3 s. */
const BATCH_EDGES = 100_000_000;
const TARGETS_PER_BATCH = 32;

/** One verdict per reference, in their order. */
export function findAncestors(
  graph: CompiledGraph,
  references: readonly Reference[],
  batchEdges = BATCH_EDGES,
): readonly Verdict[] {
  const search = new ShortSearch(graph);
  const verdicts: Verdict[] = [];
  const open: number[] = [];
  for (const [i, { from, to }] of references.entries()) {
    const found = search.run(from, to);
    verdicts.push(found === true ? 'ancestor' : 'not-an-ancestor');
    if (found === undefined) open.push(i);
  }
  if (open.length > 0) settleInBatches(graph, references, open, verdicts, batchEdges);
  return verdicts;
}

/** Backwards from the source, never behind the target's topological position. */
class ShortSearch {
  private readonly seenBy: Int32Array;
  private readonly stack: number[] = [];
  private searches = 0;

  constructor(private readonly graph: CompiledGraph) {
    this.seenBy = new Int32Array(graph.size);
  }

  /** `undefined`: not settled within the bound. */
  run(from: number, to: number): boolean | undefined {
    const { position, predecessorOffsets, predecessors } = this.graph;
    const floor = position[to] ?? 0;
    if (floor >= (position[from] ?? 0)) return false;
    const mark = ++this.searches;
    let edges = SHORT_SEARCH_EDGES;
    this.stack.length = 0;
    this.stack.push(from);
    for (let node = this.stack.pop(); node !== undefined; node = this.stack.pop()) {
      const end = predecessorOffsets[node + 1] ?? 0;
      for (let k = predecessorOffsets[node] ?? 0; k < end; k++) {
        const before = predecessors[k] ?? 0;
        if (before === to) return true;
        // The source's own dependencies are always looked at in full.
        if (--edges < 0 && node !== from) return undefined;
        if (this.seenBy[before] === mark || (position[before] ?? 0) <= floor) continue;
        this.seenBy[before] = mark;
        this.stack.push(before);
      }
    }
    return false;
  }
}

function settleInBatches(
  graph: CompiledGraph,
  references: readonly Reference[],
  open: readonly number[],
  verdicts: Verdict[],
  batchEdges: number,
): void {
  const positionOf = (node: number): number => graph.position[node] ?? 0;
  const target = (i: number): number => references[i]?.to ?? 0;
  const source = (i: number): number => references[i]?.from ?? 0;
  const sorted = [...open].sort((a, b) => positionOf(target(a)) - positionOf(target(b)));
  const reached = new Int32Array(graph.size);
  let budget = batchEdges;
  for (let start = 0; start < sorted.length;) {
    const bits = new Map<number, number>();
    let last = 0;
    let end = start;
    for (; end < sorted.length; end++) {
      const to = target(sorted[end] ?? 0);
      if (!bits.has(to)) {
        if (bits.size === TARGETS_PER_BATCH) break;
        bits.set(to, 1 << bits.size);
      }
      last = Math.max(last, positionOf(source(sorted[end] ?? 0)));
    }
    const first = positionOf(target(sorted[start] ?? 0));
    const spent = budget <= 0 ? undefined : carry(graph, reached, bits, first, last, budget);
    budget -= spent ?? 0;
    for (const i of sorted.slice(start, end)) {
      const isReached = ((reached[source(i)] ?? 0) & (bits.get(target(i)) ?? 0)) !== 0;
      verdicts[i] = spent === undefined ? 'too-costly' : isReached ? 'ancestor' : 'not-an-ancestor';
    }
    start = end;
  }
}

/** Carries the targets' bits to all they reach between two positions; the edges that took, or `undefined` above the budget. */
function carry(
  graph: CompiledGraph,
  reached: Int32Array,
  bits: ReadonlyMap<number, number>,
  first: number,
  last: number,
  budget: number,
): number | undefined {
  const { order, position, predecessorOffsets, predecessors } = graph;
  let edges = 0;
  for (let at = first; at <= last; at++) {
    const node = order[at] ?? 0;
    let mask = bits.get(node) ?? 0;
    const begin = predecessorOffsets[node] ?? 0;
    const end = predecessorOffsets[node + 1] ?? 0;
    edges += 1 + end - begin;
    if (edges > budget) return undefined;
    for (let k = begin; k < end; k++) {
      const before = predecessors[k] ?? 0;
      // What lies before the first target still holds bits of an earlier batch.
      if ((position[before] ?? 0) >= first) mask |= reached[before] ?? 0;
    }
    reached[node] = mask;
  }
  return edges;
}
