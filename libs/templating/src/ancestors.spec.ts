import { describe, expect, it } from '@jest/globals';
import { compileGraph, type NodeDefinition } from '@workflow-engine/dag';
import fc from 'fast-check';
import { findAncestors } from './ancestors';
import { compileNodes } from './testing/fixture';

/** Node i depends on some nodes before it in `order`; all pairs are asked for. */
const graphs = fc.integer({ min: 2, max: 40 }).chain((size) =>
  fc.record({
    order: fc.shuffledSubarray(
      Array.from({ length: size }, (_, i) => i),
      { minLength: size },
    ),
    edges: fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 80 }),
  }),
);

function build(order: readonly number[], edges: readonly (readonly [number, number])[]) {
  const dependencies = order.map(() => new Set<number>());
  for (const [x, y] of edges) {
    if (x !== y) dependencies[order[Math.max(x, y)] ?? 0]?.add(order[Math.min(x, y)] ?? 0);
  }
  return dependencies;
}

function oracle(dependencies: readonly ReadonlySet<number>[], from: number, to: number): boolean {
  return [...(dependencies[from] ?? [])].some((before) => before === to || oracle(dependencies, before, to));
}

function toNodes(dependencies: readonly ReadonlySet<number>[]): NodeDefinition[] {
  return dependencies.map((before, i) => ({
    id: `n${i}`,
    handler: 'noop',
    dependencies: [...before].map((d) => `n${d}`),
  }));
}

describe('findAncestors', () => {
  it('agrees with a plain search on any graph', () => {
    fc.assert(
      fc.property(graphs, ({ order, edges }) => {
        const dependencies = build(order, edges);
        const pairs = order.flatMap((from) => order.map((to) => [from, to] as const));
        const verdicts = findAncestors(
          compileGraph(toNodes(dependencies)),
          pairs.map(([from]) => from),
          pairs.map(([, to]) => to),
        );
        for (const [i, [from, to]] of pairs.entries()) {
          expect(verdicts[i]).toBe(oracle(dependencies, from, to) ? 'ancestor' : 'not-an-ancestor');
        }
      }),
      { numRuns: 60 },
    );
  });

  it('answers what a short search can not, in batches of many targets', () => {
    // A chain with rungs: every node depends on the one before and, every seventh, on the one eleven before.
    const size = 3000;
    const chain = Array.from(
      { length: size },
      (_, i) => new Set(i === 0 ? [] : i % 7 === 0 && i > 11 ? [i - 1, i - 11] : [i - 1]),
    );
    // A second chain beside it, joined only at its end.
    const aside = Array.from({ length: size }, (_, i) => new Set(i === 0 ? [] : [size + i - 1]));
    const graph = compileGraph(toNodes([...chain, ...aside, new Set([size - 1, 2 * size - 1])]));
    const targets = Array.from({ length: 2 * size }, (_, i) => i);
    const fromFirst = findAncestors(
      graph,
      targets.map(() => size - 1),
      targets,
    );
    const fromJoin = findAncestors(
      graph,
      targets.map(() => 2 * size),
      targets,
    );
    expect(fromFirst.filter((verdict) => verdict === 'ancestor')).toHaveLength(size - 1);
    expect(fromFirst.slice(size).every((verdict) => verdict === 'not-an-ancestor')).toBe(true);
    expect(fromJoin.every((verdict) => verdict === 'ancestor')).toBe(true);
  });

  it('says too-costly once the budget is used up, and still answers what is near', () => {
    const size = 2000;
    const graph = compileGraph(
      toNodes(Array.from({ length: size }, (_, i) => new Set(i === 0 ? [] : [i - 1]))),
    );
    expect(findAncestors(graph, [size - 1, 5], [0, 3], 100)).toEqual(['too-costly', 'ancestor']);
  });
});

describe('100,000 nodes', () => {
  const chainOf = (reference: (i: number) => number) =>
    Array.from({ length: 100_000 }, (_, i) => ({
      id: `n${i}`,
      handler: 'noop',
      dependencies: i === 0 ? [] : [`n${i - 1}`],
      config: i === 0 ? {} : { v: `\${n${reference(i)}.output.value}` },
    }));

  it.each([
    ['to the one before', (i: number) => i - 1],
    ['all to the first', () => 0],
    ['to one far back', (i: number) => Math.max(0, i - 500)],
  ])('with references %s compile in bounded time', (_, reference) => {
    const start = performance.now();
    expect(compileNodes(chainOf(reference)).ok).toBe(true);
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it('that refer all over the place get advice instead of minutes of work', () => {
    const start = performance.now();
    const result = compileNodes(chainOf((i) => Math.floor(((i * 7919) % 99_991) * (i / 100_000))));
    expect(performance.now() - start).toBeLessThan(10_000);
    const codes = new Set(result.ok ? [] : result.faults.map(({ code }) => code));
    expect([...codes]).toEqual(['REFERENCE_TOO_COSTLY', 'MORE_FAULTS']);
  });

  it('that one node gathers compile in bounded time', () => {
    const size = 50_000;
    const ids = Array.from({ length: size }, (_, i) => `n${i}`);
    const nodes: NodeDefinition[] = ids.map((id) => ({ id, handler: 'noop' }));
    nodes.push({
      id: 'all',
      handler: 'noop',
      dependencies: ids,
      config: { v: ids.map((id) => `\${${id}.output}`) },
    });
    const start = performance.now();
    expect(compileNodes(nodes).ok).toBe(true);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
