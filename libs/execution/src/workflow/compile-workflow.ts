import { durationMs, parseDefinition } from '@workflow-engine/dag';
import type { NodeDefinition, RetryPolicy, WorkflowDefinition } from '@workflow-engine/dag';
import { compileTemplates } from '@workflow-engine/templating';

import { UnusableDefinitionError } from '../errors';
import { controlOf } from './control-of';
import { followUpPlan } from './follow-up-plan';
import { salvageNodes } from './salvage';
import type { CompiledWorkflow, NodePlan, RetryPlan } from './compiled-workflow';

export const DEFAULT_QUEUE = 'default';

/**
 * Compiles a definition that was accepted before. Handlers are not looked at again: one that is gone since fails
 * its tasks, not the engine. @throws UnusableDefinitionError when this version of the engine would not accept it
 */
export function compileWorkflow(
  workflowId: string,
  version: number,
  definition: WorkflowDefinition,
): CompiledWorkflow {
  const parsed = parseDefinition(definition);
  const templates = parsed.ok ? compileTemplates(definition, parsed.value.graph) : parsed;
  if (!parsed.ok || !templates.ok) {
    const faults = templates.ok ? [] : templates.faults;
    const reason = faults[0]?.message ?? 'it is not valid any more';
    throw new UnusableDefinitionError(
      workflowId,
      version,
      reason,
      salvageNodes(definition).map(({ id }) => id),
    );
  }
  const { graph } = parsed.value;
  const { nodes } = definition.dag;
  const plans = nodes.map(planOf);
  return {
    workflowId,
    version,
    name: definition.name,
    labels: definition.labels ?? {},
    graph,
    templates: templates.value,
    plans: plans.map((plan, node) => {
      const followUp = followUpPlan(node, { nodes, graph, templates: templates.value, plans });
      return followUp === undefined ? plan : { ...plan, followUp };
    }),
    timeoutMs: optionalMs(definition.timeout),
    inputSchema: definition.input_schema,
  };
}

function planOf(node: NodeDefinition): NodePlan {
  const control = controlOf(node);
  const timeout = typeof node.timeout === 'object' ? node.timeout : { start_to_close: node.timeout };
  return {
    handler: node.handler,
    control,
    queue: node.queue ?? DEFAULT_QUEUE,
    join: node.join ?? 'all_succeeded',
    retry: retryPlanOf(node.retry, control === undefined ? 3 : 1),
    startToCloseMs: optionalMs(timeout.start_to_close),
    heartbeatMs: 'heartbeat' in timeout ? optionalMs(timeout.heartbeat) : undefined,
    scheduleToStartMs: 'schedule_to_start' in timeout ? optionalMs(timeout.schedule_to_start) : undefined,
    tolerated: node.on_failure === 'continue',
    onUncertain: node.on_uncertain ?? 'retry',
  };
}

/** Without `retry_on`, an error is tried again when its handler says that this may help. */
function retryPlanOf(policy: RetryPolicy | undefined, defaultAttempts: number): RetryPlan {
  return {
    maxAttempts: policy?.max_attempts ?? defaultAttempts,
    intervalMs: durationMs(policy?.interval ?? 1),
    backoffRate: policy?.backoff_rate ?? 2,
    maxIntervalMs: durationMs(policy?.max_interval ?? 30),
    fullJitter: policy?.jitter !== 'none',
    retryOn: policy?.retry_on === undefined ? undefined : new Set(policy.retry_on),
  };
}

function optionalMs(duration: string | number | undefined): number | undefined {
  return duration === undefined ? undefined : durationMs(duration);
}
