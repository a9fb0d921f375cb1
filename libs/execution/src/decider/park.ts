import type {
  ExecutionCancelled,
  ExecutionFailed,
  ExecutionTimedOut,
  NodeUnparked,
  TaskError,
} from './events';
import { at, idOf } from './state';
import type { Turn } from './turn';

/** The code of a task that was lost after it may have begun. */
export const UNCERTAIN = 'UNCERTAIN';

/** The node waits for a person; the rest of the execution goes on. */
export function park(turn: Turn, node: number, error: TaskError): void {
  const { state } = turn;
  turn.emit({
    type: 'NodeParked',
    node_id: idOf(state, node),
    attempt: at(state.attempt, node),
    handler: state.workflow.plans[node]?.handler ?? '',
    error,
  });
}

/** Ends the wait of a node if it is parked: its task counts as open again. */
export function unpark(turn: Turn, node: number, by: NodeUnparked['by']): void {
  const { state } = turn;
  const parked_seq = state.parked.get(node);
  if (parked_seq === undefined) return;
  const attempt = at(state.attempt, node);
  turn.emit({ type: 'NodeUnparked', node_id: idOf(state, node), attempt, parked_seq, by });
}

/** Nobody has to decide about the nodes of an execution that is over. */
export function endExecution(
  turn: Turn,
  end: ExecutionFailed | ExecutionTimedOut | ExecutionCancelled,
): void {
  for (const node of [...turn.state.parked.keys()]) unpark(turn, node, 'end');
  turn.emit(end);
}
