import type { CompiledGraph, NodeDefinition } from '@workflow-engine/dag';
import type { CompiledTemplates } from '@workflow-engine/templating';

import type { FollowUpPlan } from '../ports/task-queue';
import type { NodePlan } from './compiled-workflow';

interface Parts {
  readonly nodes: readonly NodeDefinition[];
  readonly graph: CompiledGraph;
  readonly templates: CompiledTemplates;
  readonly plans: readonly NodePlan[];
}

/**
 * Undefined unless nothing but the success of the node before has to be known: its only dependency, of which it is the
 * only dependent, is a task of the same queue; there is no condition, no secret, no timer that starts before the task
 * does, nothing that must not be run twice, and no large config.
 */
export function followUpPlan(
  node: number,
  { nodes, graph, templates, plans }: Parts,
): FollowUpPlan | undefined {
  const [first = 0, end = 0] = graph.predecessorOffsets.subarray(node, node + 2);
  const before = graph.predecessors[first];
  const [plan, planBefore] = [plans[node], before === undefined ? undefined : plans[before]];
  if (before === undefined || end - first !== 1 || plan === undefined || planBefore === undefined)
    return undefined;
  const [firstAfter = 0, endAfter = 0] = graph.successorOffsets.subarray(before, before + 2);
  const template = templates.nodes[node];
  if (endAfter - firstAfter !== 1 || template === undefined || template.when !== undefined) return undefined;
  if (!isPlain(plan) || !isPlain(planBefore)) return undefined;
  if (
    plan.scheduleToStartMs !== undefined ||
    plan.join !== 'all_succeeded' ||
    plan.queue !== planBefore.queue
  )
    return undefined;
  const { isStatic, references, secretNames } = template.config;
  if (secretNames.length > 0 || references.some((other) => other !== before)) return undefined;
  const config = isStatic ? template.config.resolve(NOTHING).value : (nodes[node]?.config ?? {});
  if (JSON.stringify(config).length > MOST_CONFIG_CHARS) return undefined;
  const { queue, handler, startToCloseMs, heartbeatMs } = plan;
  return {
    dependency: graph.ids[before] ?? '',
    queue,
    handler,
    config,
    isTemplate: !isStatic,
    ...(startToCloseMs !== undefined && { startToCloseMs }),
    ...(heartbeatMs !== undefined && { heartbeatMs }),
  };
}

/** A larger config is not kept beside tasks that may never come to it; in characters of JSON. */
const MOST_CONFIG_CHARS = 2_000;

function isPlain({ control, onUncertain }: NodePlan): boolean {
  return control === undefined && onUncertain === 'retry';
}

/** A static template looks at nothing. */
const NOTHING = {
  node: () => ({ output: null, status: '', error: null }),
  input: null,
  execution: { id: '', started_at: '' },
  labels: {},
};
