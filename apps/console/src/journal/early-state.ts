import type { ExecutionState } from '@workflow-engine/contracts';

import type { WorkflowGraph } from '../graph/workflow-graph';
import type { JournalState, NodeState } from './fold';

/**
 * What the engine says about an execution whose journal is not here yet, or which has none: that of one that was
 * cancelled before its trigger. Without it the page would begin with everything pending, and then jump.
 */
export function earlyState(graph: WorkflowGraph, summary: ExecutionState): JournalState {
  const { status, node_statuses: statuses, started_at: startedAt, finished_at: finishedAt, error } = summary;
  const nodes = new Map<string, NodeState>();
  for (const id of graph.nodes.keys()) nodes.set(id, { id, status: statuses[id] ?? 'PENDING', attempts: [] });
  return {
    status,
    seq: 0,
    nodes,
    ...(startedAt !== null && { startedAt: Date.parse(startedAt) }),
    ...(finishedAt !== null && { finishedAt: Date.parse(finishedAt) }),
    ...(error !== undefined && { error }),
  };
}
