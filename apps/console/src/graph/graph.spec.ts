import { describe, expect, it } from '@jest/globals';

import { inLayers, layOut, nodeHeight, nodeWidth } from './layout';
import { stackAbove, stackSiblings } from './stacks';
import { graphOf, reachable } from './workflow-graph';

const fanOut = (width: number) =>
  graphOf({
    dag: {
      nodes: [
        { id: 'first', handler: 'noop' },
        ...Array.from({ length: width }, (_, index) => ({
          id: `n${index}`,
          handler: 'http',
          dependencies: ['first'],
        })),
        {
          id: 'last',
          handler: 'noop',
          dependencies: Array.from({ length: width }, (_, index) => `n${index}`),
        },
      ],
    },
  });

describe('graphOf', () => {
  it('has a picture of half-written definitions', () => {
    expect(graphOf({}).nodes.size).toBe(0);
    const graph = graphOf({
      dag: {
        nodes: [
          { id: 'a' },
          null,
          { id: 7 },
          { id: 'a' },
          { id: 'b', handler: 'noop', dependencies: ['a', 3, 'gone'] },
        ],
      },
    });
    expect([...graph.nodes.keys()]).toEqual(['a', 'b']);
    expect(graph.dependents.get('a')).toEqual(['b']);
  });

  it('tells what lies downstream, on cycles too', () => {
    const graph = graphOf({
      dag: {
        nodes: [
          { id: 'a', dependencies: ['b'] },
          { id: 'b', dependencies: ['a'] },
        ],
      },
    });
    expect([...reachable('a', (id) => graph.dependents.get(id))]).toEqual(['b']);
  });
});

describe('stackSiblings', () => {
  it('leaves a few siblings apart', () => {
    expect(stackSiblings(fanOut(stackAbove), new Set()).shown.size).toBe(stackAbove + 2);
  });

  it('makes one stack of many, which can be opened', () => {
    const graph = fanOut(500);
    const shown = stackSiblings(graph, new Set());
    expect([...shown.shown.keys()]).toEqual(['first', 'n0', 'last']);
    expect(shown.shown.get('n0')?.members).toHaveLength(500);
    expect(shown.shownBy.get('n499')).toBe('n0');
    expect(shown.edges).toEqual([
      ['first', 'n0'],
      ['n0', 'last'],
    ]);
    expect(stackSiblings(graph, new Set(['n0'])).shown.size).toBe(502);
  });

  it('never mixes handlers or places', () => {
    const nodes = Array.from({ length: 50 }, (_, index) => ({
      id: `n${index}`,
      handler: index % 2 ? 'http' : 'noop',
    }));
    expect(stackSiblings(graphOf({ dag: { nodes } }), new Set()).shown.size).toBe(2);
  });
});

/** Nodes lie in front of their dependents, and on none of the others. */
function expectReadable(
  ids: readonly string[],
  edges: readonly (readonly [string, string])[],
  layout: ReturnType<typeof layOut>,
) {
  expect(layout.size).toBe(ids.length);
  for (const [from, to] of edges)
    expect(layout.get(to)?.x).toBeGreaterThanOrEqual((layout.get(from)?.x ?? 0) + nodeWidth);
  const columns = new Map<number, number[]>();
  for (const { x, y } of layout.values()) columns.set(x, [...(columns.get(x) ?? []), y]);
  for (const column of columns.values()) {
    column.sort((a, b) => a - b);
    column
      .slice(1)
      .forEach((y, index) => expect(y - (column[index] ?? 0)).toBeGreaterThanOrEqual(nodeHeight));
  }
}

describe('layOut', () => {
  const mesh = (layers: number, width: number) => {
    const ids: string[] = [];
    const edges: [string, string][] = [];
    for (let layer = 0; layer < layers; layer++) {
      for (let index = 0; index < width; index++) {
        ids.push(`${layer}-${index}`);
        if (layer > 0) edges.push([`${layer - 1}-${(index * 7 + 3) % width}`, `${layer}-${index}`]);
      }
    }
    return { ids, edges };
  };

  it.each([[[]], [['']], [['__proto__', 'a']]])('lays out what is only being written: %j', (ids) => {
    expect([...layOut({ ids, edges: [] }).keys()]).toEqual(ids);
  });

  it.each([mesh(4, 5), mesh(50, 100)])('puts nodes in front of their dependents', ({ ids, edges }) => {
    expectReadable(ids, edges, layOut({ ids, edges }));
  });

  it('ends on cycles, which an editor may hold for a while', () => {
    const cycle: [string, string][] = [
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'b'],
    ];
    expect(layOut({ ids: ['a', 'b', 'c'], edges: cycle }).size).toBe(3);
    expect(inLayers({ ids: ['a', 'b', 'c'], edges: cycle }).size).toBe(3);
  });
});
