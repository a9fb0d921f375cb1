import { CONTROL_HANDLERS } from '../decider/control-nodes';
import type { HandlerCatalog, HandlerDescription } from '../ports/task-handler';

/** What a node's `handler` may say: the control handlers, then those that workers offer, each name once. */
export function knownHandlers(offered: HandlerCatalog): readonly HandlerDescription[] {
  const control = [...CONTROL_HANDLERS].map(([name, { configSchema }]) => ({ name, configSchema }));
  const others = offered.names().filter((name) => !CONTROL_HANDLERS.has(name));
  return [...control, ...others.flatMap((name) => offered.find(name) ?? [])];
}
