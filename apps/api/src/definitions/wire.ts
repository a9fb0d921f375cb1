import type * as wire from '@workflow-engine/contracts';
import type {
  CreatedExecution,
  DefinitionCheck,
  DefinitionSummary,
  RegisteredDefinition,
} from '@workflow-engine/execution';

export function toDocument(registered: RegisteredDefinition): wire.DefinitionDocument {
  return {
    workflow_id: registered.workflowId,
    name: registered.name,
    version: registered.version,
    definition: { ...registered.definition } as unknown as wire.JsonObject,
    created_at: registered.createdAt,
  };
}

export function toDefinitionSummary(summary: DefinitionSummary): wire.DefinitionSummary {
  return {
    workflow_id: summary.workflowId,
    name: summary.name,
    version: summary.version,
    node_count: summary.nodeCount,
    created_at: summary.createdAt,
  };
}

export function toCheck(check: DefinitionCheck): wire.DefinitionCheck {
  return check.valid
    ? { valid: true, node_count: check.nodeCount, edge_count: check.edgeCount, errors: [] }
    : {
        valid: false,
        errors: check.faults.map(({ code, pointer, message }) => ({ code, pointer, message })),
      };
}

export function toStarted({ execution, created }: CreatedExecution): wire.StartedExecution {
  return {
    execution_id: execution.id,
    workflow_id: execution.workflowId,
    version: execution.version,
    status: execution.status,
    created,
  };
}
