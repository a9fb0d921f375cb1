import type { WorkerPorts } from '@workflow-engine/execution';

import { attemptSpanId, spanIdOf, type Tracing } from './span';

/** What handlers do, as spans of the attempts that they are. */
export function taskTracer(tracing: Tracing): NonNullable<WorkerPorts['onTaskRun']> {
  return ({ executionId, nodeId, attempt, delivery, handler, queue }, outcome, durationMs) => {
    const endedAt = Date.now();
    tracing.record({
      name: `run ${handler}`,
      kind: 'consumer',
      executionId,
      id: spanIdOf(executionId, nodeId, attempt, delivery, 'run'),
      parentId: attemptSpanId(executionId, nodeId, attempt),
      startedAt: endedAt - durationMs,
      endedAt,
      attributes: {
        'wfe.node_id': nodeId,
        'wfe.attempt': attempt,
        'wfe.handler': handler,
        'wfe.queue': queue,
        'wfe.delivery': delivery,
      },
      ...(outcome.type === 'TaskFailed' && { error: outcome.error.code }),
    });
  };
}
