import type { ExecutionStatus, Json } from '@workflow-engine/contracts';

/** A workflow whose outcome is known beforehand. */
export interface Shape {
  readonly name: string;
  readonly definition: WorkflowDocument;
  readonly status: ExecutionStatus;
  /** Of an execution whose input is `{ "value": value }`. */
  output(value: number): Json;
}

export interface WorkflowDocument {
  readonly name: string;
  readonly output?: Json;
  readonly dag: { readonly nodes: readonly NodeDocument[] };
}

export interface NodeDocument {
  readonly id: string;
  readonly handler: string;
  readonly dependencies?: readonly string[];
  readonly [member: string]: unknown;
}

/** Everything a crash may interrupt: chains, fan-in, waiting, backing off, long calls, failures. */
export function workload(upstreamHost: string): readonly Shape[] {
  const effect = effectNode(upstreamHost);
  return [chain(effect), fan(effect), waiting(effect), flaky(effect), slow(effect), refused(effect), noops()];
}

export type EffectNode = (
  id: string,
  dependencies: readonly string[],
  value: string,
  query: string,
) => NodeDocument;

/** A call that the upstream records. */
export function effectNode(upstreamHost: string): EffectNode {
  return (id, dependencies, value, query) => ({
    id,
    handler: 'http',
    dependencies,
    config: {
      method: 'POST',
      url: `http://${upstreamHost}/effect?${query}`,
      body: { value: `\${${value}}` },
    },
    retry: { max_attempts: 6, interval: 'PT0.05S', backoff_rate: 1.5, retry_on: ['HTTP_5XX'] },
  });
}

function chain(effect: EffectNode): Shape {
  const steps = ['a', 'b', 'c', 'd', 'e'];
  const nodes = steps.map((id, index) => {
    const before = steps[index - 1];
    return before === undefined
      ? effect(id, [], 'input.value', 'add=1')
      : effect(id, [before], `${before}.output.body.value`, 'add=1');
  });
  return shape('chain', nodes, '${e.output.body.value}', (value) => value + 5);
}

function fan(effect: EffectNode): Shape {
  const branches = Array.from({ length: 8 }, (_, index) => `branch_${index}`);
  const start = { id: 'start', handler: 'transform', config: { value: '${input.value}' } };
  const sum = {
    id: 'sum',
    handler: 'transform',
    dependencies: branches,
    config: { total: `\${${branches.map((id) => `${id}.output.body.value`).join(' + ')}}` },
  };
  const spread = branches.map((id, index) => effect(id, ['start'], 'start.output.value', `add=${index}`));
  const last = effect('last', ['sum'], 'sum.output.total', 'add=0');
  return shape('fan', [start, ...spread, sum, last], '${last.output.body.value}', (value) => 8 * value + 28);
}

function waiting(effect: EffectNode): Shape {
  const delay = (id: string, dependency: string, duration: string) => {
    return { id, handler: 'delay', dependencies: [dependency], config: { duration } };
  };
  const nodes = [
    effect('first', [], 'input.value', 'add=1'),
    delay('short', 'first', 'PT0.3S'),
    effect('second', ['short', 'first'], 'first.output.body.value', 'add=1'),
    delay('long', 'second', 'PT1.2S'),
    effect('third', ['long', 'second'], 'second.output.body.value', 'add=1'),
  ];
  return shape('waiting', nodes, '${third.output.body.value}', (value) => value + 3);
}

function flaky(effect: EffectNode): Shape {
  const nodes = [
    effect('shaky', [], 'input.value', 'add=1&fail_first=2'),
    effect('steady', ['shaky'], 'shaky.output.body.value', 'add=1&fail_first=1'),
  ];
  return shape('flaky', nodes, '${steady.output.body.value}', (value) => value + 2);
}

/** Its calls take longer than most of the time between two crashes is apart from a fresh start. */
function slow(effect: EffectNode): Shape {
  const nodes = [
    effect('left', [], 'input.value', 'add=1&delay_ms=700'),
    effect('right', [], 'input.value', 'add=2&delay_ms=400'),
    effect('both', ['left', 'right'], 'left.output.body.value + right.output.body.value', 'add=0'),
  ];
  return shape('slow', nodes, '${both.output.body.value}', (value) => 2 * value + 3);
}

/** Its call is never answered, unless the engine makes it again. */
export function hanging(effect: EffectNode): Shape {
  const nodes = [effect('hanging', [], 'input.value', 'add=1&hang_first=1')];
  return shape('hanging', nodes, '${hanging.output.body.value}', (value) => value + 1);
}

function refused(effect: EffectNode): Shape {
  const nodes = [
    effect('fine', [], 'input.value', 'add=1'),
    effect('refused', ['fine'], 'fine.output.body.value', 'refuse=1'),
    effect('never', ['refused'], 'refused.output.body.value', 'add=1'),
  ];
  return { ...shape('refused', nodes, '${never.output.body.value}', () => null), status: 'FAILED' };
}

/** Worker tasks without any waiting at all: two layers with full bipartite dependencies, then a fan-in. */
function noops(): Shape {
  const layer = (name: string) => Array.from({ length: 6 }, (_, index) => `${name}_${index}`);
  const task = (id: string, dependencies: readonly string[]) => ({
    id,
    handler: 'noop',
    queue: 'default',
    dependencies,
  });
  const [top, middle] = [layer('top'), layer('middle')];
  const nodes = [
    ...top.map((id) => task(id, [])),
    ...middle.map((id) => task(id, top)),
    task('end', middle),
    { id: 'echo', handler: 'transform', dependencies: ['end'], config: { value: '${input.value}' } },
  ];
  return shape('noops', nodes, '${echo.output.value}', (value) => value);
}

function shape(
  name: string,
  nodes: readonly NodeDocument[],
  result: string,
  resultOf: (value: number) => number | null,
): Shape {
  return {
    name,
    definition: { name, output: { result }, dag: { nodes } },
    status: 'COMPLETED',
    output: (value) => {
      const result = resultOf(value);
      return result === null ? null : { result };
    },
  };
}
