import type { JsonObject } from '@workflow-engine/dag';
import type { TaskHandler } from '@workflow-engine/execution';

/** The handler `noop`: does nothing and returns `{}`. Any config will do. */
export const noopHandler: TaskHandler<JsonObject, JsonObject> = {
  name: 'noop',
  configSchema: { type: 'object' },
  outputSchema: { type: 'object', additionalProperties: false },
  run: () => ({}),
};
