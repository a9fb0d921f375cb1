// A shape as BullMQ's flows can express it: trees, in which a parent job waits for its children. Dependencies are
// children, so the node nobody depends on is at the top. A root on which several nodes depend has no place in a tree:
// it is a job that adds the flow of all others when it runs.
import { dependentsOf, resultNodes } from '../../workloads.cjs';

export const QUEUE = 'bench';

/** Their values go to the parent; only the job at the top keeps its result. */
const CHILD = { removeOnComplete: true };

/** The root that starts all others, if it has no place in the tree. @returns {number | undefined} */
export function starterOf(shape) {
  return dependentsOf(shape)[0].length > 1 ? 0 : undefined;
}

/** @param {{ shape: number[][], seed: number, known?: Map<number, number> }} options `known`: values of those that ran */
export function flowOf({ shape, seed, known = new Map() }) {
  const [top] = resultNodes(shape);
  const jobOf = (node, opts) => {
    const ran = shape[node].filter((dependency) => known.has(dependency));
    const sum = ran.reduce((total, dependency) => total + known.get(dependency), 0);
    const children = shape[node].filter((dependency) => !known.has(dependency));
    return {
      name: 'task',
      queueName: QUEUE,
      data: { seed, node, sum, hasChildren: children.length > 0 },
      opts,
      children: children.map((child) => jobOf(child, CHILD)),
    };
  };
  return jobOf(top, {});
}
