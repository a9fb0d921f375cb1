import type { NodeDefinition } from '@workflow-engine/dag';

import { CONTROL_HANDLERS } from '../decider/control-nodes';
import type { ControlHandler } from '../decider/control-nodes';

/** The decider's own handler of a node. A `noop` with a queue is a task, so that routing can be tried. */
export function controlOf(node: Pick<NodeDefinition, 'handler' | 'queue'>): ControlHandler | undefined {
  return node.handler === 'noop' && node.queue !== undefined ? undefined : CONTROL_HANDLERS.get(node.handler);
}
