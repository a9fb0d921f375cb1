import type { Json } from '@workflow-engine/dag';

import type { FollowUp, Task } from './ports/task-queue';

/** What a worker goes on with, as if it had claimed it. `config`: resolved. */
export function followUpTask({ plan, ...ref }: FollowUp, config: Json): Task {
  const { queue, handler, startToCloseMs, heartbeatMs } = plan;
  return {
    ...ref,
    delivery: 1,
    queue,
    handler,
    config,
    secrets: [],
    reportStart: false,
    ...(startToCloseMs !== undefined && { startToCloseMs }),
    ...(heartbeatMs !== undefined && { heartbeatMs }),
  };
}
