/**
 * What must become of a workflow, recomputed from nothing but the outcomes of its tasks: no events, no order, no
 * time. Shares no code with the decider, and takes the rules from the definition language alone.
 */
import { canonicalJson } from '@workflow-engine/dag';
import type { Json, JsonObject } from '@workflow-engine/dag';

export type PlannedOutcome = 'ok' | 'retryable' | 'fatal' | 'timeout' | 'lost';

export interface PlannedNode {
  readonly id: string;
  /** Indices of earlier nodes. */
  readonly dependencies: readonly number[];
  readonly join:
    'all_succeeded' | 'all_done' | 'any_succeeded' | 'none_failed' | { readonly at_least: number };
  readonly kind: 'task' | 'noop' | 'delay' | 'fail' | 'transform' | 'input' | 'output';
  /** A condition over one dependency's status, or over its output (which it may not have), or a fixed one. */
  readonly when?: { readonly of: number; readonly asks: 'completed' | 'even' | 'never' };
  readonly tolerated: boolean;
  readonly maxAttempts: number;
  /** Changes who fails a task that is lost (the engine, or a person), and not that it fails. */
  readonly onUncertain: 'retry' | 'park' | 'fail';
  /** By attempt, from the first; attempts beyond succeed. */
  readonly outcomes: readonly PlannedOutcome[];
  /** What a task has in its config, beside its dependencies. */
  readonly uses: readonly (keyof Given)[];
}

/** What templates see that is of no node. */
export interface Given {
  readonly input: JsonObject;
  readonly labels: JsonObject;
  readonly id: string;
  /** As an ISO 8601 date-time. */
  readonly startedAt: string;
  /** The value of a secret. */
  readonly token: string;
}

export interface NodeEnd {
  /** `NEVER`: the execution must fail before it could begin. */
  readonly status: 'COMPLETED' | 'FAILED' | 'TIMED_OUT' | 'SKIPPED' | 'NEVER';
  readonly output?: Json;
  readonly attempts: number;
}

export interface ExpectedEnd {
  readonly status: 'COMPLETED' | 'FAILED';
  readonly nodes: readonly NodeEnd[];
  readonly output: Json;
}

/** How a task ends that runs. */
export type TaskEnds = (node: PlannedNode, index: number) => Omit<NodeEnd, 'output'>;

/** `output`: the indices that {@link outputOf} was given, if any. `taskEnds`: as planned, if nobody knows better. */
export function expectedEnd(
  plan: readonly PlannedNode[],
  given: Given,
  output?: readonly number[],
  taskEnds: TaskEnds = plannedEnd,
): ExpectedEnd {
  const nodes: NodeEnd[] = [];
  let fails = false;
  for (const [index, node] of plan.entries()) {
    const verdict = verdictOf(node, plan, nodes);
    if (verdict === 'fail') fails = true;
    if (verdict !== 'run') nodes.push(NOT_RUN[verdict]);
    else nodes.push(conditionEnd(node, nodes) ?? endOf(plan, index, nodes, given, taskEnds));
  }
  const isSink = (index: number): boolean => plan.every(({ dependencies }) => !dependencies.includes(index));
  for (const [index, node] of plan.entries()) {
    if (isSink(index) && isFailure(nodes[index]) && !node.tolerated) fails = true;
  }
  const status = fails ? 'FAILED' : 'COMPLETED';
  if (output !== undefined) return { status, nodes, output: chosenOutput(plan, nodes, output, given) };
  const sinks = plan.flatMap(({ id }, index) => {
    const end = nodes[index]?.output;
    return isSink(index) && end !== undefined ? [[id, end] as const] : [];
  });
  return { status, nodes, output: Object.fromEntries(sinks) };
}

/** Of a workflow that says what its output is. */
function chosenOutput(
  plan: readonly PlannedNode[],
  ends: readonly NodeEnd[],
  chosen: readonly number[],
  { input, id }: Given,
): Json {
  const nodes = chosen.map((of) => [
    plan[of]?.id ?? '',
    { status: ends[of]?.status ?? '', output: ends[of]?.output ?? null },
  ]);
  return { about: `execution ${id}`, input, nodes: Object.fromEntries(nodes) as JsonObject };
}

const NOT_RUN = {
  skip: { status: 'SKIPPED', attempts: 0 },
  fail: { status: 'NEVER', attempts: 0 },
  never: { status: 'NEVER', attempts: 0 },
} as const;

function verdictOf(
  { dependencies, join }: PlannedNode,
  plan: readonly PlannedNode[],
  ends: readonly NodeEnd[],
): 'run' | keyof typeof NOT_RUN {
  const statuses = dependencies.map((index) => ends[index]?.status);
  const failed = dependencies.filter(
    (index) => isFailure(ends[index]) && plan[index]?.tolerated !== true,
  ).length;
  const skipped = statuses.filter((status) => status === 'SKIPPED').length;
  const never = statuses.filter((status) => status === 'NEVER').length;
  const succeeded = dependencies.length - failed - skipped - never;
  const needed = join === 'any_succeeded' ? 1 : typeof join === 'object' ? join.at_least : undefined;
  if (needed !== undefined) {
    if (failed > 0 && succeeded + never < needed) return 'fail';
    if (never > 0) return 'never';
    return succeeded >= needed ? 'run' : 'skip';
  }
  if (join !== 'all_done' && failed > 0) return 'fail';
  if (never > 0) return 'never';
  return join === 'all_succeeded' && skipped > 0 ? 'skip' : 'run';
}

function isFailure(end: NodeEnd | undefined): boolean {
  return end?.status === 'FAILED' || end?.status === 'TIMED_OUT';
}

/** Of a node whose dependencies let it run, if its condition does not. */
function conditionEnd({ when }: PlannedNode, ends: readonly NodeEnd[]): NodeEnd | undefined {
  if (when === undefined) return undefined;
  const { of, asks } = when;
  const number = numberIn(ends[of]?.output);
  if (asks === 'never' || (asks === 'completed' && ends[of]?.status !== 'COMPLETED')) return NOT_RUN.skip;
  if (asks === 'even' && number === undefined) return { status: 'FAILED', attempts: 0 };
  return asks === 'even' && (number ?? 0) % 2 !== 0 ? NOT_RUN.skip : undefined;
}

function endOf(
  plan: readonly PlannedNode[],
  index: number,
  ends: readonly NodeEnd[],
  given: Given,
  taskEnds: TaskEnds,
): NodeEnd {
  const node = plan[index];
  const completed = (output: Json): NodeEnd => ({ status: 'COMPLETED', output, attempts: 0 });
  switch (node?.kind) {
    case undefined:
    case 'noop':
    case 'delay':
      return completed({});
    case 'fail':
      return { status: 'FAILED', attempts: 0 };
    case 'input':
      return completed({ n: index, ...given.input });
    case 'output':
      return completed(
        Object.fromEntries(node.dependencies.map((of) => [plan[of]?.id ?? '', ends[of]?.output ?? null])),
      );
    case 'transform': {
      const [first] = node.dependencies;
      const number = first === undefined ? 0 : numberIn(ends[first]?.output);
      return number === undefined ? { status: 'FAILED', attempts: 0 } : completed({ n: number });
    }
    case 'task': {
      const end = taskEnds(node, index);
      if (end.status !== 'COMPLETED') return end;
      const seen = node.dependencies.map((of) => ends[of]?.status ?? '');
      const got = node.dependencies.map((of) => ends[of]?.output ?? null);
      const used = Object.fromEntries(node.uses.map((what) => [what, given[what]]));
      const config = { ...taskConfig(node, index), seen, got, ...used };
      return { ...end, output: taskOutput(config, end.attempts) };
    }
  }
}

function numberIn(output: Json | undefined): number | undefined {
  return typeof output === 'object' && output !== null && 'n' in output && typeof output.n === 'number'
    ? output.n
    : undefined;
}

function plannedEnd(node: PlannedNode): Omit<NodeEnd, 'output'> {
  for (let attempt = 1; ; attempt++) {
    const outcome = node.outcomes[attempt - 1] ?? 'ok';
    if (outcome === 'ok') return { status: 'COMPLETED', attempts: attempt };
    if (outcome === 'retryable' && attempt < node.maxAttempts) continue;
    return { status: outcome === 'timeout' ? 'TIMED_OUT' : 'FAILED', attempts: attempt };
  }
}

/**
 * Of a task's config what is known beforehand. When it runs it has `seen` and `got` too, statuses and outputs of its
 * dependencies, and what it `uses`.
 */
export function taskConfig({ outcomes }: PlannedNode, index: number): JsonObject {
  return { index, outcomes };
}

/** What a task gives back: a number that depends on everything it was given. */
export function taskOutput(config: Json, attempt: number): JsonObject {
  let sum = attempt;
  for (const char of canonicalJson(config)) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 100_003;
  return { n: sum };
}
