import type { Json } from '@workflow-engine/dag';
import type { TemplateScope } from '@workflow-engine/templating';

import { statusOf } from './state';
import type { ExecutionState } from './state';

/** What templates and conditions of an execution can see. */
export function scopeOf(state: ExecutionState): TemplateScope {
  return {
    node: (index) => ({
      output: state.outputs[index] ?? null,
      status: statusOf(state, index),
      error: (state.errors.get(index) ?? null) as Json,
    }),
    input: state.input,
    execution: { id: state.executionId, started_at: state.startedAt },
    labels: state.workflow.labels,
  };
}
