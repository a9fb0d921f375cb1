import type { ExecutionStatus, Json, JournalEvent, JsonObject, NodeStatus } from '@workflow-engine/contracts';

/** What an ended execution looks like, as its journal alone tells it. */
export interface FoldedExecution {
  readonly status: ExecutionStatus | undefined;
  readonly output: Json;
  readonly outputs: JsonObject;
  readonly nodeStatuses: Readonly<Record<string, NodeStatus>>;
}

/** A fold of its own, so that the engine's is checked by another one. For journals that have an end. */
export function foldJournal(nodeIds: readonly string[], events: readonly JournalEvent[]): FoldedExecution {
  let status: ExecutionStatus | undefined;
  let output: Json = null;
  const outputs: Record<string, Json> = {};
  // A node that the end of its execution overtakes is cancelled.
  const statuses: Record<string, NodeStatus> = Object.fromEntries(nodeIds.map((id) => [id, 'CANCELLED']));
  for (const event of events) {
    switch (event.type) {
      case 'NodeCompleted':
        statuses[event.node_id] = 'COMPLETED';
        outputs[event.node_id] = event.output;
        break;
      case 'NodeFailed':
        statuses[event.node_id] = event.status;
        break;
      case 'NodeSkipped':
        statuses[event.node_id] = 'SKIPPED';
        break;
      case 'ExecutionCompleted':
        status = 'COMPLETED';
        output = event.output;
        break;
      case 'ExecutionFailed':
        status = 'FAILED';
        break;
      case 'ExecutionCancelled':
        status = 'CANCELLED';
        break;
      case 'ExecutionTimedOut':
        status = 'TIMED_OUT';
        break;
      default:
    }
  }
  return { status, output, outputs, nodeStatuses: statuses };
}
