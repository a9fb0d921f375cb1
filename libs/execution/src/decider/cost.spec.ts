import type { NodeDefinition } from '@workflow-engine/dag';
import { describe, expect, it } from '@jest/globals';

import { ExecutionRun } from '../../testing/execution-run';
import { chain, compiled, fanOutFanIn, layers } from '../../testing/workflows';
import { replay } from './evolve';
import { newState } from './state';
import type { ExecutionState } from './state';

/** A state that counts how often its per-node data is looked at. */
function counting(state: ExecutionState, count: () => void): ExecutionState {
  const watched = <A extends object>(array: A): A =>
    new Proxy(array, {
      get(target, key) {
        if (typeof key === 'string' && key >= '0' && key <= '9~') count();
        return Reflect.get(target, key, target) as unknown;
      },
      set: (target, key, value) => Reflect.set(target, key, value, target),
    });
  return {
    ...state,
    nodeStatus: watched(state.nodeStatus),
    pendingDependencies: watched(state.pendingDependencies),
    succeededDependencies: watched(state.succeededDependencies),
    failedDependencies: watched(state.failedDependencies),
    attempt: watched(state.attempt),
    attemptBase: watched(state.attemptBase),
    delivery: watched(state.delivery),
    losses: watched(state.losses),
    outputs: watched(state.outputs),
  };
}

/** Looks per outcome, from the first outcome to the last but one. */
function looksPerOutcome(
  nodes: readonly NodeDefinition[],
  outcome: (run: ExecutionRun, id: string) => void,
): number {
  let looks = 0;
  const workflow = compiled(nodes);
  const run = new ExecutionRun(
    workflow,
    counting(newState(ExecutionRun.ID, workflow), () => (looks += 1)),
  );
  run.trigger();
  looks = 0;
  let outcomes = 0;
  for (let next = 0; next < run.dispatched.length && outcomes < nodes.length - 1; next++, outcomes++) {
    const { nodeId } = run.dispatched[next] ?? { nodeId: '' };
    const before = looks;
    outcome(run, nodeId);
    if (run.state.status !== 'RUNNING') return before / outcomes;
  }
  return looks / outcomes;
}

const succeed = (run: ExecutionRun, id: string): void => void run.succeed(id);

describe('the cost of a step', () => {
  it.each<[string, (scale: number) => readonly NodeDefinition[]]>([
    ['a chain', (scale) => chain(50 * scale)],
    ['layers', (scale) => layers(10, 10 * scale, 3)],
    ['a fan-out and fan-in', (scale) => fanOutFanIn(100 * scale)],
  ])('depends on degrees, not on the size of the graph: %s', (_name, nodes) => {
    const [small, large] = [looksPerOutcome(nodes(1), succeed), looksPerOutcome(nodes(10), succeed)];
    expect(small).toBeGreaterThan(0);
    expect(large / small).toBeLessThan(1.5);
  });

  it('also for failures that are retried, lost workers and starts', () => {
    const eventful = (run: ExecutionRun, id: string): void => {
      run.reportStart(id);
      run.lose(id);
      run.succeed(id, {}, 99);
      run.send({ type: 'TimerFired', nodeId: id, dueAt: run.now });
      run.succeed(id);
    };
    const [small, large] = [
      looksPerOutcome(layers(10, 10, 3), eventful),
      looksPerOutcome(layers(10, 100, 3), eventful),
    ];
    expect(large / small).toBeLessThan(1.5);
  });
});

/** Runs every task as soon as it is dispatched. */
function toTheEnd(nodes: readonly NodeDefinition[]): ExecutionRun {
  const run = new ExecutionRun(compiled(nodes));
  run.trigger();
  // The array grows on the way: every task that an outcome brings comes in its turn.
  for (const { nodeId } of run.dispatched) succeed(run, nodeId);
  return run;
}

// Bounds against blow-up only: each takes about a second.
describe('large workflows', () => {
  it.each<[string, () => readonly NodeDefinition[]]>([
    ['a chain of 100,000 tasks', () => chain(100_000)],
    ['a chain of 100,000 control nodes, in one turn', () => chain(100_000, 'noop')],
    ['a fan-out of 10,000 and fan-in', () => fanOutFanIn(10_000)],
    ['a fan-out of 10,000 control nodes', () => fanOutFanIn(10_000, 'noop')],
  ])(
    '%s',
    (_name, nodes) => {
      const run = toTheEnd(nodes());
      expect(run.state.status).toBe('COMPLETED');
      expect(run.state.open).toBe(0);
      expect(replay(ExecutionRun.ID, run.workflow, run.journal)).toStrictEqual(run.state);
    },
    30_000,
  );

  it('a failure at the start of 100,000 nodes cancels them in one turn', () => {
    const run = new ExecutionRun(compiled(chain(100_000)));
    run.trigger();
    run.fail('n0');
    expect(run.status('n99999')).toBe('CANCELLED');
    run.send({ type: 'Retry' });
    expect(run.status('n0')).toBe('SCHEDULED');
    expect(run.state.open).toBe(100_000);
  }, 30_000);
});
