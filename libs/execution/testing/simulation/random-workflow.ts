import type { JsonObject, NodeDefinition, RetryPolicy, WorkflowDefinition } from '@workflow-engine/dag';
import fc from 'fast-check';

import type { PlannedNode } from '../oracle';
import { definitionOf, outputOf, plansOf } from '../scenarios';
import type { SeededRandom } from '../seeded-random';

export const QUEUES = ['default', 'other'];

const SMALL = plansOf(10);
const LARGE = plansOf(60);

/** What is submitted, and what it means. */
export interface RandomWorkflow {
  readonly plan: readonly PlannedNode[];
  readonly definition: WorkflowDefinition;
  /** Indices of the nodes that its output tells of; undefined: it does not say what its output is. */
  readonly output: readonly number[] | undefined;
}

/** Any plan, with every policy, timeout and output that the definition language has. `now`: in epoch milliseconds. */
export function randomWorkflow(name: string, random: SeededRandom, now: number): RandomWorkflow {
  const plans = random.chance(0.1) ? LARGE : SMALL;
  const [found = []] = fc.sample(plans, { seed: random.between(0, 2 ** 31 - 1), numRuns: 1 });
  const shape = random.chance(0.3) ? found.map(inAChain) : found;
  const plan: PlannedNode[] = [];
  for (const node of shape) plan.push(acceptable(node, plan));
  const queues = random.chance(0.5) ? QUEUES : [random.pick(QUEUES)];
  const nodes = definitionOf(plan).map((node, index) => {
    const planned = plan[index];
    if (planned?.kind === 'task') return withPolicies(node, planned, queues, random);
    return planned?.kind === 'delay' && random.chance(0.3) ? { ...node, config: until(now, random) } : node;
  });
  const output = random.chance(0.3)
    ? plan.map((_, index) => index).filter(() => random.chance(0.5))
    : undefined;
  const definition = {
    name,
    ...(random.chance(0.3) && { labels: { team: random.pick(TEAMS) } }),
    ...(random.chance(0.1) && { timeout: random.between(3, 12) }),
    ...(output !== undefined && { output: outputOf(plan, output) }),
    dag: { nodes },
  };
  return { plan, definition, output };
}

const TEAMS = ['sales', 'warehouse'];

/** Mostly a moment that is yet to come. */
function until(now: number, random: SeededRandom): JsonObject {
  return { until: new Date(now + random.between(-1000, 5000)).toISOString() };
}

/** Mostly tasks of which each waits for the one before: there workers may go on by themselves. */
function inAChain(
  { id, kind, tolerated, maxAttempts, outcomes, uses }: PlannedNode,
  index: number,
): PlannedNode {
  return {
    id,
    tolerated,
    maxAttempts,
    outcomes,
    uses,
    dependencies: index === 0 ? [] : [index - 1],
    join: 'all_succeeded',
    kind: kind === 'delay' ? 'delay' : 'task',
    onUncertain: 'retry',
  };
}

/** Templates that read what a node certainly does not have are refused when they are submitted. */
function acceptable(node: PlannedNode, before: readonly PlannedNode[]): PlannedNode {
  const hasNumber = (of: number | undefined): boolean =>
    of === undefined || !['noop', 'delay'].includes(before[of]?.kind ?? '');
  const { when, ...rest } = node;
  const kind = node.kind === 'transform' && !hasNumber(node.dependencies[0]) ? 'noop' : node.kind;
  if (when?.asks !== 'even' || hasNumber(when.of)) return { ...node, kind };
  return { ...rest, kind };
}

function withPolicies(
  node: NodeDefinition,
  { outcomes, maxAttempts }: PlannedNode,
  queues: readonly string[],
  random: SeededRandom,
): NodeDefinition {
  const seconds = (from: number, to: number): number => random.between(from * 10, to * 10) / 10;
  const hangs = outcomes.includes('timeout');
  const heartbeats = hangs && random.chance(0.3);
  return {
    ...node,
    queue: random.pick(queues),
    retry: {
      max_attempts: maxAttempts,
      interval: seconds(0.1, 1),
      max_interval: 2,
      ...(random.chance(0.5) && { jitter: 'none' as const }),
      ...(random.chance(0.3) && { retry_on: random.pick(RETRY_ON) }),
    } satisfies RetryPolicy,
    timeout: {
      ...(random.chance(0.2) && { schedule_to_start: seconds(2, 6) }),
      ...(heartbeats && { heartbeat: seconds(0.3, 1) }),
      ...((hangs && !heartbeats) || random.chance(0.2) ? { start_to_close: seconds(0.5, 3) } : {}),
    },
  };
}

const RETRY_ON = [
  ['*'],
  ['RETRYABLE'],
  ['TIMEOUT', 'HEARTBEAT_TIMEOUT', 'FATAL'],
  ['UNCERTAIN', 'WORKER_LOST'],
];
