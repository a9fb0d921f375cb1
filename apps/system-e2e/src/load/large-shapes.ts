import { effectNode, type NodeDocument, type Shape } from './workload';

/** So many calls at once, and one that waits for all of them. */
export function fanIn(upstreamHost: string, branches: number): Shape {
  const effect = effectNode(upstreamHost);
  const ids = Array.from({ length: branches }, (_, index) => `branch_${index}`);
  const spread = ids.map((id) => effect(id, [], 'input.value', 'add=1'));
  const last = effect('last', ids, 'branch_0.output.body.value', 'add=1');
  return ended('fan-in', [...spread, last], 'last.output.body.value', (value) => value + 2);
}

const LAYER = 100;

/** Layers of tasks that do nothing, each with three dependencies in the layer before it; so many nodes in all. */
export function layered(nodes: number): Shape {
  const idOf = (layer: number, place: number) => `n_${layer}_${place % LAYER}`;
  const tasks = Array.from({ length: nodes - 1 }, (_, index): NodeDocument => {
    const [layer, place] = [Math.floor(index / LAYER), index % LAYER];
    const before = [place, place + 1, place + 7].map((other) => idOf(layer - 1, other));
    const dependencies = layer === 0 ? [] : before;
    return { id: idOf(layer, place), handler: 'noop', queue: 'default', dependencies };
  });
  const end: NodeDocument = {
    id: 'end',
    handler: 'transform',
    dependencies: tasks.slice(-LAYER).map(({ id }) => id),
    config: { value: '${input.value}' },
  };
  return ended('layered', [...tasks, end], 'end.output.value', (value) => value);
}

function ended(
  name: string,
  nodes: readonly NodeDocument[],
  result: string,
  resultOf: (value: number) => number,
): Shape {
  const definition = { name, output: { result: `\${${result}}` }, dag: { nodes } };
  return { name, definition, status: 'COMPLETED', output: (value) => ({ result: resultOf(value) }) };
}
