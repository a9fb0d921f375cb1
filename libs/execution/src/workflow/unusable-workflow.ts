import { compileGraph } from '@workflow-engine/dag';

import type { JournalEvent } from '../decider/events';
import type { UnusableDefinitionError } from '../errors';
import type { CompiledWorkflow } from './compiled-workflow';

/**
 * What stands in for a workflow whose definition cannot be used any more: the nodes that it or the journal names, so
 * that an execution of it can be looked at and ended. Nothing of it can be run.
 */
export function unusableWorkflow(
  error: UnusableDefinitionError,
  journal: readonly JournalEvent[],
): CompiledWorkflow {
  const ids = new Set(error.nodeIds);
  for (const event of journal) if ('node_id' in event) ids.add(event.node_id);
  return {
    workflowId: error.workflowId,
    version: error.version,
    name: '',
    labels: {},
    graph: compileGraph(Array.from(ids, (id) => ({ id }))),
    templates: { nodes: [] },
    plans: [],
    timeoutMs: undefined,
    inputSchema: undefined,
    unusable: error.message,
  };
}
