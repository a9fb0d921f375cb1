import { assemble, type Edges, kahn, reverse } from './compile-graph';
import { findCycles } from './cycles';
import { type FaultReport, inside, type Place, quoted } from './fault-report';
import type { CompiledGraph } from './graph';
import { isPlainObject, kindOf } from './json-check';
import { idPattern } from './limits';

/**
 * The second half of checking: what nodes say about each other. Works on whatever is usable in a faulty
 * document too, so that cycles are told together with every other fault.
 */
export function linkNodes(
  nodes: readonly unknown[],
  place: Place,
  report: FaultReport,
  maxEdges: number,
): CompiledGraph | undefined {
  const ids = nodes.map(idOf);
  const index = indexIds(ids, place, report);
  const total = nodes.reduce<number>((sum, node) => sum + dependenciesOf(node).length, 0);
  if (total > maxEdges) {
    report.add(
      'TOO_MANY_EDGES',
      place,
      `The nodes have ${total} dependencies together, more than ${maxEdges}. Split the workflow.`,
    );
    return undefined;
  }
  const predecessors = resolveDependencies(nodes, index, total, place, report);
  const successors = reverse(predecessors);
  const sorted = kahn(predecessors, successors);
  if (sorted.count < nodes.length) reportCycles(successors, ids, place, report);
  // No fault means that every id is a string.
  return report.isEmpty
    ? assemble(ids as string[], index, predecessors, successors, sorted.order)
    : undefined;
}

function idOf(node: unknown): string | undefined {
  const id = isPlainObject(node) && Object.hasOwn(node, 'id') ? node.id : undefined;
  return typeof id === 'string' ? id : undefined;
}

function dependenciesOf(node: unknown): readonly unknown[] {
  if (!isPlainObject(node) || !Object.hasOwn(node, 'dependencies')) return [];
  return Array.isArray(node.dependencies) ? node.dependencies : [];
}

/** The first node of each id wins; later ones are faults. */
function indexIds(
  ids: readonly (string | undefined)[],
  place: Place,
  report: FaultReport,
): ReadonlyMap<string, number> {
  const index = new Map<string, number>();
  for (const [i, id] of ids.entries()) {
    if (id === undefined) continue;
    const first = index.get(id);
    if (first === undefined) index.set(id, i);
    else {
      report.add(
        'DUPLICATE_ID',
        inside(inside(place, i), 'id'),
        () =>
          `The id ${quoted(id)} is taken by node ${first} (/dag/nodes/${first}). Ids must be unique: rename one.`,
      );
    }
  }
  return index;
}

/** Edges to existing other nodes, each once; everything else is a fault. */
function resolveDependencies(
  nodes: readonly unknown[],
  index: ReadonlyMap<string, number>,
  total: number,
  place: Place,
  report: FaultReport,
): Edges {
  const offsets = new Int32Array(nodes.length + 1);
  const targets = new Int32Array(total);
  /** The last node (plus 1) that listed this dependency: finds duplicates without a set per node. */
  const listedBy = new Int32Array(nodes.length);
  let count = 0;
  for (let i = 0; i < nodes.length; i++) {
    const dependencies = dependenciesOf(nodes[i]);
    for (let d = 0; d < dependencies.length; d++) {
      const dependency = dependencies[d];
      const target = typeof dependency === 'string' ? index.get(dependency) : undefined;
      const usable = target !== undefined && target !== i && listedBy[target] !== i + 1;
      if (usable) {
        listedBy[target] = i + 1;
        targets[count++] = target;
      } else {
        const entry = inside(inside(inside(place, i), 'dependencies'), d);
        refuseDependency(dependency, target === i, target !== undefined, entry, index, report);
      }
    }
    offsets[i + 1] = count;
  }
  return { offsets, targets: count === total ? targets : targets.slice(0, count) };
}

function refuseDependency(
  dependency: unknown,
  isSelf: boolean,
  exists: boolean,
  place: Place,
  index: ReadonlyMap<string, number>,
  report: FaultReport,
): void {
  if (typeof dependency !== 'string') {
    report.add(
      'WRONG_TYPE',
      place,
      () => `A dependency must be a node id (a string), but is ${kindOf(dependency)}.`,
    );
  } else if (isSelf) {
    report.add(
      'SELF_DEPENDENCY',
      place,
      () => `Node ${quoted(dependency)} depends on itself. Remove this entry.`,
    );
  } else if (exists) {
    report.add(
      'DUPLICATE_DEPENDENCY',
      place,
      () => `${quoted(dependency)} is listed twice. Remove this entry.`,
    );
  } else {
    report.add('UNKNOWN_DEPENDENCY', place, () => {
      const hint = report.didYouMean(dependency, index.keys());
      return `There is no node ${quoted(dependency)}.${hint === '' ? ' Add that node or remove this entry.' : hint}`;
    });
  }
}

const idForm = new RegExp(idPattern);

/** Longest cycle told in full; of a longer one the middle is left out. */
const maxShown = 100;

function reportCycles(
  successors: Edges,
  ids: readonly (string | undefined)[],
  place: Place,
  report: FaultReport,
): void {
  for (const cycle of findCycles(successors)) {
    const first = cycle[0] ?? 0;
    report.add('CYCLE', inside(inside(place, first), 'dependencies'), () => {
      const names = [...cycle, first].map((node) => readable(ids[node] ?? ''));
      const path =
        names.length <= maxShown + 1
          ? names
          : [
              ...names.slice(0, maxShown / 2),
              `(${names.length - maxShown} more)`,
              ...names.slice(-maxShown / 2),
            ];
      return `The dependencies form a cycle: ${path.join(' -> ')} (each one waits for the one before it). Remove one of these dependencies.`;
    });
  }
}

/** Ids as they are, unless they are faulty themselves: those can be of any length and hold anything. */
function readable(id: string): string {
  return idForm.test(id) ? id : quoted(id);
}
