import { Graph, layout as dagreLayout } from '@dagrejs/dagre';

export const nodeWidth = 200;
export const nodeHeight = 56;
const gapX = 72;
const gapY = 20;

export interface LayoutRequest {
  readonly ids: readonly string[];
  readonly edges: readonly (readonly [string, string])[];
}
export interface Point {
  readonly x: number;
  readonly y: number;
}
/** Top left corner by id. */
export type Layout = ReadonlyMap<string, Point>;

/** Above this many nodes and edges dagre takes longer than people like to wait. */
const finestAbove = 260;

/** Left to right. Small graphs by dagre, which routes around nodes; large ones by layers, in linear time. */
export function layOut(request: LayoutRequest): Layout {
  // Dagre cannot lay out nothing.
  if (request.ids.length === 0) return new Map();
  return request.ids.length + request.edges.length <= finestAbove ? finely(request) : inLayers(request);
}

function finely({ ids, edges }: LayoutRequest): Layout {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: gapY, ranksep: gapX });
  graph.setDefaultEdgeLabel(() => ({}));
  // Dagre stumbles over ids that somebody is still writing, such as "", and over "__proto__".
  const named = new Map(ids.map((id, index) => [id, `n${index}`]));
  for (const name of named.values()) graph.setNode(name, { width: nodeWidth, height: nodeHeight });
  for (const [from, to] of edges) graph.setEdge(named.get(from) ?? '', named.get(to) ?? '');
  dagreLayout(graph);
  return new Map(
    [...named].map(([id, name]) => {
      const { x, y } = graph.node(name) as Point;
      return [id, { x: x - nodeWidth / 2, y: y - nodeHeight / 2 }];
    }),
  );
}

/** Sugiyama's method in short: layers by longest path, order within a layer by barycenters, a few sweeps. */
export function inLayers({ ids, edges }: LayoutRequest): Layout {
  const before = adjacency(ids, edges, 0);
  const after = adjacency(ids, edges, 1);
  const layers = layersOf(ids, before, after);
  const place = new Map<string, number>();
  for (const layer of layers) layer.forEach((id, index) => place.set(id, index - layer.length / 2));
  const sweep = (layer: string[], neighbours: ReadonlyMap<string, readonly string[]>): void => {
    const weight = new Map(layer.map((id) => [id, barycenter(id, neighbours, place)]));
    layer.sort((a, b) => (weight.get(a) ?? 0) - (weight.get(b) ?? 0));
    layer.forEach((id, index) => place.set(id, index - layer.length / 2));
  };
  for (let round = 0; round < 3; round++) {
    for (const layer of layers) sweep(layer, before);
    for (const layer of layers.toReversed()) sweep(layer, after);
  }
  const layout = new Map<string, Point>();
  layers.forEach((layer, column) => {
    for (const id of layer) {
      layout.set(id, { x: column * (nodeWidth + gapX), y: (place.get(id) ?? 0) * (nodeHeight + gapY) });
    }
  });
  return layout;
}

function adjacency(
  ids: readonly string[],
  edges: LayoutRequest['edges'],
  end: 0 | 1,
): ReadonlyMap<string, readonly string[]> {
  const lists = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const [from, to] of edges) {
    if (end === 0) lists.get(to)?.push(from);
    else lists.get(from)?.push(to);
  }
  return lists;
}

/** Kahn's algorithm; what lies on a cycle (of a definition that is being written) comes last. */
function layersOf(
  ids: readonly string[],
  before: ReadonlyMap<string, readonly string[]>,
  after: ReadonlyMap<string, readonly string[]>,
): string[][] {
  const missing = new Map(ids.map((id) => [id, before.get(id)?.length ?? 0]));
  const layers: string[][] = [];
  let ready = ids.filter((id) => missing.get(id) === 0);
  const placed = new Set<string>();
  while (ready.length > 0) {
    layers.push(ready);
    const next: string[] = [];
    for (const id of ready) {
      placed.add(id);
      for (const other of after.get(id) ?? []) {
        const left = (missing.get(other) ?? 0) - 1;
        missing.set(other, left);
        if (left === 0) next.push(other);
      }
    }
    ready = next;
  }
  const rest = ids.filter((id) => !placed.has(id));
  if (rest.length > 0) layers.push(rest);
  return layers;
}

function barycenter(
  id: string,
  neighbours: ReadonlyMap<string, readonly string[]>,
  place: ReadonlyMap<string, number>,
): number {
  const list = neighbours.get(id) ?? [];
  if (list.length === 0) return place.get(id) ?? 0;
  return list.reduce((sum, other) => sum + (place.get(other) ?? 0), 0) / list.length;
}
