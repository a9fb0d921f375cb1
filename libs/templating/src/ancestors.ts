/**
 * Which references point at an ancestor. Nearly all go to a direct dependency or close to it, which a short
 * search settles. The rest is answered 256 targets at a time: one bit per target, carried along the edges in
 * topological order between the first target and the last source. The total work is bounded.
 */
import type { CompiledGraph } from '@workflow-engine/dag';

export type Verdict = 'ancestor' | 'not-an-ancestor' | 'too-costly';

/** Edges looked at before a reference is left to the batches. */
const SHORT_SEARCH_EDGES = 64;
/** Edges that all batches together may look at; a tenth of a second or two. */
const BATCH_EDGES = 8_000_000;
/** Words of 32 bits per node. */
const WORDS = 8;
const TARGETS_PER_BATCH = 32 * WORDS;

/** One verdict for each pair `sources[i]` (which refers) and `targets[i]` (which is referred to). */
export function findAncestors(
  graph: CompiledGraph,
  sources: readonly number[],
  targets: readonly number[],
  batchEdges = BATCH_EDGES,
): readonly Verdict[] {
  const search = new ShortSearch(graph);
  const verdicts: Verdict[] = [];
  const open: number[] = [];
  for (let i = 0; i < sources.length; i++) {
    const found = search.run(sources[i] ?? 0, targets[i] ?? 0);
    verdicts.push(found === true ? 'ancestor' : 'not-an-ancestor');
    if (found === undefined) open.push(i);
  }
  if (open.length > 0) new Batches(graph, sources, targets, verdicts).settle(open, batchEdges);
  return verdicts;
}

/** Backwards from the source, never behind the target's topological position. */
class ShortSearch {
  /** The node (plus one) that last named this one as a dependency. */
  private readonly dependencyOf: Int32Array;
  private readonly seenBy: Int32Array;
  private current = -1;
  private readonly stack: number[] = [];
  private searches = 0;

  constructor(private readonly graph: CompiledGraph) {
    this.dependencyOf = new Int32Array(graph.size);
    this.seenBy = new Int32Array(graph.size);
  }

  /** `undefined`: not settled within the bound. References of one node should come one after the other. */
  run(from: number, to: number): boolean | undefined {
    const { position, predecessorOffsets, predecessors } = this.graph;
    const floor = position[to] ?? 0;
    if (floor >= (position[from] ?? 0)) return false;
    this.markDependencies(from);
    if (this.dependencyOf[to] === from + 1) return true;
    const mark = ++this.searches;
    let edges = SHORT_SEARCH_EDGES;
    this.stack.length = 0;
    this.stack.push(from);
    for (let node = this.stack.pop(); node !== undefined; node = this.stack.pop()) {
      const end = predecessorOffsets[node + 1] ?? 0;
      for (let k = predecessorOffsets[node] ?? 0; k < end; k++) {
        const before = predecessors[k] ?? 0;
        if (before === to) return true;
        if (--edges < 0) return undefined;
        if (this.seenBy[before] === mark || (position[before] ?? 0) <= floor) continue;
        this.seenBy[before] = mark;
        this.stack.push(before);
      }
    }
    return false;
  }

  private markDependencies(from: number): void {
    if (from === this.current) return;
    this.current = from;
    const { predecessorOffsets, predecessors } = this.graph;
    const end = predecessorOffsets[from + 1] ?? 0;
    for (let k = predecessorOffsets[from] ?? 0; k < end; k++)
      this.dependencyOf[predecessors[k] ?? 0] = from + 1;
  }
}

class Batches {
  /** {@link WORDS} words per node: the targets of this batch that it comes after, itself included. */
  private readonly reached: Int32Array;

  constructor(
    private readonly graph: CompiledGraph,
    private readonly sources: readonly number[],
    private readonly targets: readonly number[],
    private readonly verdicts: Verdict[],
  ) {
    this.reached = new Int32Array(graph.size * WORDS);
  }

  settle(open: readonly number[], batchEdges: number): void {
    const sorted = [...open].sort((a, b) => this.position(this.targets[a]) - this.position(this.targets[b]));
    let budget = batchEdges;
    for (let start = 0; start < sorted.length;) {
      const bits = new Map<number, number>();
      let last = 0;
      let end = start;
      for (; end < sorted.length; end++) {
        const target = this.targets[sorted[end] ?? 0] ?? 0;
        if (!bits.has(target)) {
          if (bits.size === TARGETS_PER_BATCH) break;
          bits.set(target, bits.size);
        }
        last = Math.max(last, this.position(this.sources[sorted[end] ?? 0]));
      }
      const batch = sorted.slice(start, end);
      const first = this.position(this.targets[batch[0] ?? 0]);
      const spent = this.carry(bits, first, last, budget);
      budget -= spent ?? 0;
      for (const i of batch) this.verdicts[i] = spent === undefined ? 'too-costly' : this.verdict(i, bits);
      start = end;
    }
  }

  private verdict(i: number, bits: ReadonlyMap<number, number>): Verdict {
    const bit = bits.get(this.targets[i] ?? 0) ?? 0;
    const word = this.reached[(this.sources[i] ?? 0) * WORDS + (bit >> 5)] ?? 0;
    return (word & (1 << (bit & 31))) === 0 ? 'not-an-ancestor' : 'ancestor';
  }

  /** Carries the bits to all that the targets reach between two positions; the edges that took, or `undefined` above the budget. */
  private carry(
    bits: ReadonlyMap<number, number>,
    first: number,
    last: number,
    budget: number,
  ): number | undefined {
    const { order, position, predecessorOffsets, predecessors } = this.graph;
    const { reached } = this;
    let edges = 0;
    for (let at = first; at <= last; at++) {
      const node = order[at] ?? 0;
      const base = node * WORDS;
      const begin = predecessorOffsets[node] ?? 0;
      const end = predecessorOffsets[node + 1] ?? 0;
      edges += 1 + end - begin;
      if (edges > budget) return undefined;
      reached.fill(0, base, base + WORDS);
      for (let k = begin; k < end; k++) {
        const before = predecessors[k] ?? 0;
        // What lies before the first target still holds bits of an earlier batch.
        if ((position[before] ?? 0) < first) continue;
        for (let w = 0; w < WORDS; w++) {
          reached[base + w] = (reached[base + w] ?? 0) | (reached[before * WORDS + w] ?? 0);
        }
      }
      const own = bits.get(node);
      if (own !== undefined)
        reached[base + (own >> 5)] = (reached[base + (own >> 5)] ?? 0) | (1 << (own & 31));
    }
    return edges;
  }

  private position(node: number | undefined): number {
    return this.graph.position[node ?? 0] ?? 0;
  }
}
