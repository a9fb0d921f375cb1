import type * as wire from '@workflow-engine/contracts';
import type {
  AttemptView,
  ExecutionError,
  ExecutionRecord,
  ExecutionView,
  NodeDetails,
  ResultsView,
} from '@workflow-engine/execution';

/** What the engine knows, in the words of the REST API. */

export function toSubmitted(record: ExecutionRecord): wire.SubmittedExecution {
  return {
    execution_id: record.id,
    workflow_id: record.workflowId,
    version: record.version,
    status: record.status,
  };
}

export function toState(view: ExecutionView): wire.ExecutionState {
  return {
    execution_id: view.executionId,
    workflow_id: view.workflowId,
    name: view.name,
    version: view.version,
    status: view.status,
    progress: view.progress,
    node_statuses: Object.fromEntries(view.nodeStatuses),
    labels: view.labels,
    created_at: view.createdAt,
    started_at: view.startedAt,
    finished_at: view.finishedAt,
    ...errorOf(view),
  };
}

export function toSummary(record: ExecutionRecord): wire.ExecutionSummary {
  return {
    execution_id: record.id,
    workflow_id: record.workflowId,
    name: record.name,
    version: record.version,
    status: record.status,
    labels: record.labels,
    created_at: record.createdAt,
    started_at: record.startedAt,
    finished_at: record.finishedAt,
    ...errorOf(record),
  };
}

export function toResults(view: ResultsView): wire.ExecutionResults {
  return {
    execution_id: view.executionId,
    status: view.status,
    output: view.output,
    outputs: Object.fromEntries(view.outputs),
    ...errorOf(view),
  };
}

export function toNodeDetails(node: NodeDetails): wire.NodeDetails {
  return {
    execution_id: node.executionId,
    node_id: node.nodeId,
    handler: node.handler,
    status: node.status,
    dependencies: node.dependencies,
    config: node.config,
    output: node.output,
    error: node.error,
    attempts: node.attempts.map(toAttempt),
    scheduled_at: node.scheduledAt,
    started_at: node.startedAt,
    finished_at: node.finishedAt,
    due_at: node.dueAt,
  };
}

function toAttempt(attempt: AttemptView): wire.NodeAttempt {
  return {
    attempt: attempt.attempt,
    deliveries: attempt.deliveries,
    worker: attempt.worker ?? null,
    scheduled_at: attempt.scheduled_at,
    started_at: attempt.started_at ?? null,
    finished_at: attempt.finished_at,
    error: attempt.error,
    logs: attempt.logs ?? [],
  };
}

function errorOf(source: { readonly error: ExecutionError | null }): {
  readonly error?: wire.ExecutionError;
} {
  return source.error === null ? {} : { error: source.error };
}
