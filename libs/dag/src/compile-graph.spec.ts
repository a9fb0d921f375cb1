import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type CompiledGraph, compileGraph, InvalidGraphError, parseDefinition } from './index';

interface Node {
  id: string;
  handler: string;
  dependencies: string[];
}

/** Any graph over few nodes, so that cycles, diamonds and separate parts are all common. */
const graphs = fc
  .integer({ min: 1, max: 12 })
  .chain((size) =>
    fc
      .array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 2 * size })
      .map((edges) => nodesOf(size, edges)),
  );

/** Acyclic: an edge only ever leads to a smaller rank; the nodes are then listed in another order. */
const acyclicGraphs = fc.integer({ min: 1, max: 40 }).chain((size) =>
  fc
    .tuple(
      fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 4 * size }),
      fc.shuffledSubarray([...Array(size).keys()], { minLength: size }),
    )
    .map(([pairs, listing]) => {
      const edges = pairs
        .filter(([a, b]) => a !== b)
        .map(([a, b]): [number, number] => [Math.max(a, b), Math.min(a, b)]);
      const nodes = nodesOf(size, edges);
      return listing.map((i) => nodes[i]).filter((node) => node !== undefined);
    }),
);

function nodesOf(size: number, edges: readonly [number, number][]): Node[] {
  const nodes = Array.from({ length: size }, (_, i): Node => ({
    id: `n${i}`,
    handler: 'noop',
    dependencies: [],
  }));
  for (const [from, to] of edges) {
    const dependencies = nodes[from]?.dependencies ?? [];
    if (from !== to && !dependencies.includes(`n${to}`)) dependencies.push(`n${to}`);
  }
  return nodes;
}

/** The oracle: plain recursion over names. */
function reaches(nodes: readonly Node[], from: string, to: string, seen = new Set<string>()): boolean {
  const node = nodes.find(({ id }) => id === from);
  return (node?.dependencies ?? []).some((next) => {
    if (next === to) return true;
    if (seen.has(next)) return false;
    seen.add(next);
    return reaches(nodes, next, to, seen);
  });
}

const row = (offsets: Int32Array, targets: Int32Array, i: number): number[] =>
  Array.from(targets.subarray(offsets[i], offsets[i + 1]));
const predecessorsOf = (graph: CompiledGraph, i: number): number[] =>
  row(graph.predecessorOffsets, graph.predecessors, i);
const successorsOf = (graph: CompiledGraph, i: number): number[] =>
  row(graph.successorOffsets, graph.successors, i);

describe('parsing any graph', () => {
  it('finds a cycle exactly if a node reaches itself, and shows a real one per knot', () => {
    fc.assert(
      fc.property(graphs, (nodes) => {
        const onCycle = nodes.filter(({ id }) => reaches(nodes, id, id)).map(({ id }) => id);
        const checked = parseDefinition({ name: 'any', dag: { nodes } });
        expect(checked.ok).toBe(onCycle.length === 0);
        if (checked.ok) return;
        const shown = checked.faults.map((fault) => cycleIn(fault.message));
        for (const cycle of shown) expectCycle(cycle, nodes);
        // Every node on a cycle belongs to exactly one of the knots shown.
        for (const id of onCycle) {
          const own = shown.filter(
            ([first = '']) => first === id || (reaches(nodes, id, first) && reaches(nodes, first, id)),
          );
          expect(own).toHaveLength(1);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

function cycleIn(message: string): string[] {
  return (/cycle: (.*) \(each/.exec(message)?.[1] ?? '').split(' -> ');
}

function expectCycle(cycle: readonly string[], nodes: readonly Node[]): void {
  expect(cycle.length).toBeGreaterThan(2);
  expect(cycle.at(-1)).toBe(cycle[0]);
  expect(new Set(cycle).size).toBe(cycle.length - 1);
  for (const [k, id] of cycle.slice(1).entries()) {
    expect(nodes.find((node) => node.id === id)?.dependencies).toContain(cycle[k]);
  }
}

describe('a compiled graph', () => {
  it('has the edges of the definition, both ways', () => {
    fc.assert(
      fc.property(acyclicGraphs, (nodes) => {
        const graph = compileGraph(nodes);
        expect(graph.size).toBe(nodes.length);
        expect(graph.edgeCount).toBe(nodes.flatMap((node) => node.dependencies).length);
        for (const [i, node] of nodes.entries()) {
          expect(graph.ids[i]).toBe(node.id);
          expect(graph.indexOf(node.id)).toBe(i);
          expect(predecessorsOf(graph, i).map((p) => graph.ids[p])).toEqual(node.dependencies);
          expect(successorsOf(graph, i).map((s) => graph.ids[s])).toEqual(
            nodes.filter((other) => other.dependencies.includes(node.id)).map((other) => other.id),
          );
        }
      }),
    );
  });

  it('orders every node after all of its dependencies', () => {
    fc.assert(
      fc.property(acyclicGraphs, (nodes) => {
        const { order, position, ...graph } = compileGraph(nodes);
        expect([...order].sort((a, b) => a - b)).toEqual([...nodes.keys()]);
        for (const [k, i] of order.entries()) {
          expect(position[i]).toBe(k);
          for (const dependency of predecessorsOf({ order, position, ...graph }, i)) {
            expect(position[dependency]).toBeLessThan(k);
          }
        }
      }),
    );
  });

  it('is the same whether parsed or compiled from an accepted definition', () => {
    fc.assert(
      fc.property(acyclicGraphs, (nodes) => {
        const checked = parseDefinition({ name: 'any', dag: { nodes } });
        if (!checked.ok) throw new Error(JSON.stringify(checked.faults));
        // Functions are compared by identity; what `indexOf` gives is tested above.
        const indexOf = expect.any(Function);
        expect({ ...compileGraph(nodes), indexOf }).toEqual({ ...checked.value.graph, indexOf });
      }),
    );
  });

  it('of a chain of 100,000 nodes needs no stack', () => {
    const nodes = Array.from({ length: 100_000 }, (_, i) => ({
      id: `n${i}`,
      dependencies: i === 99_999 ? [] : [`n${i + 1}`],
    }));
    expect(compileGraph(nodes).order[0]).toBe(99_999);
  });

  it('is refused for nodes that were never accepted', () => {
    const refused = [
      [{ id: 'a' }, { id: 'a' }],
      [{ id: 'a', dependencies: ['ghost'] }],
      [
        { id: 'a', dependencies: ['b'] },
        { id: 'b', dependencies: ['a'] },
      ],
    ];
    for (const nodes of refused) expect(() => compileGraph(nodes)).toThrow(InvalidGraphError);
  });
});
