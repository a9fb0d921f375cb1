import { at, type Edges } from './compile-graph';

/**
 * One cycle, as short as possible through its first node, of every strongly connected component: the least that
 * an author must break up. O(nodes + edges), iterative. Each cycle lists its nodes in the direction of the given
 * edges, beginning with the lowest number, without repeating it at the end.
 */
export function findCycles(edges: Edges): number[][] {
  const component = strongComponents(edges);
  const size = component.length;
  const members = new Int32Array(size);
  for (const c of component) members[c] = at(members, c) + 1;
  const shown = new Uint8Array(size);
  const cameFrom = new Int32Array(size).fill(-1);
  const cycles: number[][] = [];
  for (let node = 0; node < size; node++) {
    const c = at(component, node);
    if (at(members, c) < 2 || shown[c] === 1) continue;
    shown[c] = 1;
    cycles.push(shortestCycle(node, edges, component, cameFrom));
  }
  return cycles;
}

/** Breadth-first inside the component of `start` until an edge leads back to it. */
function shortestCycle(start: number, edges: Edges, component: Int32Array, cameFrom: Int32Array): number[] {
  const home = at(component, start);
  const queue = [start];
  for (const node of queue) {
    for (let e = at(edges.offsets, node); e < at(edges.offsets, node + 1); e++) {
      const next = at(edges.targets, e);
      if (next === start) return pathBack(node, start, cameFrom);
      if (at(component, next) !== home || at(cameFrom, next) !== -1) continue;
      cameFrom[next] = node;
      queue.push(next);
    }
  }
  return [start];
}

function pathBack(end: number, start: number, cameFrom: Int32Array): number[] {
  const path = [end];
  for (let node = end; node !== start;) {
    node = at(cameFrom, node);
    path.push(node);
  }
  return path.reverse();
}

/**
 * Tarjan's strongly connected components ("Depth-first search and linear graph algorithms", SIAM J. Comput.
 * 1(2), 1972) with an explicit call stack. Returns the component's number for each node.
 */
function strongComponents(edges: Edges): Int32Array {
  const size = edges.offsets.length - 1;
  const component = new Int32Array(size).fill(-1);
  /** Order of discovery, from 1; 0 is undiscovered. */
  const found = new Int32Array(size);
  const low = new Int32Array(size);
  const nextEdge = edges.offsets.slice(0, size);
  const open: number[] = [];
  const calls: number[] = [];
  let time = 0;
  let components = 0;

  const enter = (node: number): void => {
    time++;
    found[node] = time;
    low[node] = time;
    open.push(node);
    calls.push(node);
  };
  const leave = (node: number): void => {
    calls.pop();
    const caller = calls.at(-1);
    if (caller !== undefined) low[caller] = Math.min(at(low, caller), at(low, node));
    if (at(low, node) !== at(found, node)) return;
    for (let member = -1; member !== node;) {
      member = open.pop() ?? node;
      component[member] = components;
    }
    components++;
  };

  for (let root = 0; root < size; root++) {
    if (at(found, root) !== 0) continue;
    enter(root);
    for (let node = calls.at(-1); node !== undefined; node = calls.at(-1)) {
      const e = at(nextEdge, node);
      if (e >= at(edges.offsets, node + 1)) {
        leave(node);
        continue;
      }
      nextEdge[node] = e + 1;
      const next = at(edges.targets, e);
      if (at(found, next) === 0) enter(next);
      else if (at(component, next) === -1) low[node] = Math.min(at(low, node), at(found, next));
    }
  }
  return component;
}
