import type { Json } from '@workflow-engine/dag';

import { idOf } from '../decider/state';
import type { ResultsView } from './engine-api';
import { currentStatus } from './execution-views';
import type { ApiContext } from './ports';

export async function results(context: ApiContext, executionId: string): Promise<ResultsView> {
  const folded = await context.views.fold(executionId);
  const { record, state } = folded;
  const outputs = new Map<string, Json>();
  for (const [node, output] of state.outputs.entries())
    if (output !== undefined) outputs.set(idOf(state, node), output);
  return {
    executionId: record.id,
    status: currentStatus(folded),
    output: state.output,
    outputs,
    error: state.error ?? null,
  };
}
