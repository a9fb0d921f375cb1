import type { ExecutionState } from './state';
import { at, predecessorsOf } from './state';

/** `fail`: the policy can never be met any more, because a dependency failed. */
export type JoinVerdict = 'wait' | 'run' | 'skip' | 'fail';

/**
 * What the ends of its dependencies, as far as they are known, mean for a node.
 *
 * A node runs or is skipped only when all of its dependencies are terminal, so that what it sees does not depend
 * on their order. It fails as soon as that is certain; a failure outweighs a skip, in whichever order they come.
 */
export function joinVerdict(state: ExecutionState, node: number): JoinVerdict {
  const join = state.workflow.plans[node]?.join ?? 'all_succeeded';
  const pending = at(state.pendingDependencies, node);
  const succeeded = at(state.succeededDependencies, node);
  const failed = at(state.failedDependencies, node);
  if (join === 'all_done') return pending > 0 ? 'wait' : 'run';
  if (join === 'all_succeeded' || join === 'none_failed') {
    if (failed > 0) return 'fail';
    if (pending > 0) return 'wait';
    const skipped = predecessorsOf(state, node).length - succeeded;
    return join === 'all_succeeded' && skipped > 0 ? 'skip' : 'run';
  }
  const needed = join === 'any_succeeded' ? 1 : join.at_least;
  if (failed > 0 && succeeded + pending < needed) return 'fail';
  if (pending > 0) return 'wait';
  return succeeded >= needed ? 'run' : 'skip';
}
