import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { ExecutionRun } from '../../testing/execution-run';
import { JournalFold } from '../../testing/journal-fold';
import { expectedEnd } from '../../testing/oracle';
import type { Given, PlannedNode } from '../../testing/oracle';
import { RandomWorld, TOKEN, definitionOf, plans } from '../../testing/scenarios';
import type { Disturbances } from '../../testing/scenarios';
import { compiled, workflowOf } from '../../testing/workflows';
import type { JournalEvent } from './events';
import { evolve, replay } from './evolve';
import { newState, statusOf } from './state';
import { EXECUTION_TRANSITIONS, NODE_TRANSITIONS } from './status';

const seeds = fc.integer();

function runOf(plan: readonly PlannedNode[], seed: number, disturbances?: Disturbances): ExecutionRun {
  const run = new ExecutionRun(compiled(definitionOf(plan)));
  return new RandomWorld(plan, run, seed, disturbances).toTheEnd();
}

function faultsOf(plan: readonly PlannedNode[], { journal }: ExecutionRun): readonly string[] {
  return new JournalFold(workflowOf(definitionOf(plan)), journal).faults;
}

function givenIn({ journal: [first] }: ExecutionRun): Given {
  return { input: {}, labels: {}, id: ExecutionRun.ID, startedAt: first?.at ?? '', token: TOKEN };
}

/** What may be compared whatever the order: all of a completed execution, of a failed one what ended before. */
function expectAsFromOutcomes(plan: readonly PlannedNode[], run: ExecutionRun): void {
  const expected = expectedEnd(plan, givenIn(run));
  expect(run.state.status).toBe(expected.status);
  if (expected.status === 'COMPLETED') expect(run.state.output).toEqual(expected.output);
  for (const [index, { id }] of plan.entries()) {
    const status = run.status(id);
    if (status === 'CANCELLED') {
      expect(expected.status).toBe('FAILED');
      continue;
    }
    const end = expected.nodes[index];
    expect({ id, status, output: run.outputs()[id] }).toEqual({
      id,
      status: end?.status,
      output: end?.output,
    });
    if (plan[index]?.kind === 'task')
      expect({ id, attempts: run.attempt(id) }).toEqual({ id, attempts: end?.attempts });
  }
}

/** What becomes of it does not depend on the attempt: one that was cancelled, or runs again, has another number. */
function alwaysOk(node: PlannedNode): PlannedNode {
  const { when } = node;
  return {
    ...node,
    outcomes: [],
    ...(when?.asks === 'even' && { when: { ...when, asks: 'completed' } }),
  };
}

/** Ids of the node and of all that depend on it. Dependencies come first in a plan. */
function downstreamOf(plan: readonly PlannedNode[], from: number): readonly string[] {
  const found = new Set([from]);
  for (const [index, { dependencies }] of plan.entries())
    if (dependencies.some((dependency) => found.has(dependency))) found.add(index);
  return [...found].map((index) => plan[index]?.id ?? '');
}

/** Transitions that the tables do not know. */
function forbiddenTransitions(run: ExecutionRun, journal: readonly JournalEvent[]): readonly string[] {
  const state = newState(ExecutionRun.ID, run.workflow);
  const size = run.workflow.graph.size;
  const statuses = () => Array.from({ length: size }, (_, node) => statusOf(state, node));
  return journal.flatMap((event) => {
    const [before, nodesBefore] = [state.status, statuses()];
    evolve(state, event);
    const found: string[] = [];
    if (state.status !== before && !EXECUTION_TRANSITIONS[before].includes(state.status)) {
      found.push(`${before} -> ${state.status} by ${event.type}`);
    }
    for (const [node, after] of statuses().entries()) {
      const was = nodesBefore[node] ?? 'PENDING';
      if (after !== was && !NODE_TRANSITIONS[was].includes(after))
        found.push(`n${node}: ${was} -> ${after} by ${event.type}`);
    }
    return found;
  });
}

describe('whatever the order, duplication, delay and loss of outcomes', () => {
  it('an execution ends as its outcomes say', () => {
    fc.assert(
      fc.property(plans, seeds, (plan, seed) => expectAsFromOutcomes(plan, runOf(plan, seed))),
      { numRuns: 1000 },
    );
  });

  it('no node starts early, none ends twice, no attempt goes out twice but as a recorded redelivery', () => {
    fc.assert(
      fc.property(plans, seeds, (plan, seed) => {
        const run = runOf(plan, seed);
        expect(faultsOf(plan, run)).toEqual([]);
        const deliveries = run.dispatched.map(
          ({ nodeId, attempt, delivery }) => `${nodeId}#${attempt}/${delivery}`,
        );
        expect(new Set(deliveries).size).toBe(deliveries.length);
        const recorded = run.journal.filter(
          ({ type }) => type === 'NodeScheduled' || type === 'TaskRedelivered',
        );
        expect(deliveries).toHaveLength(recorded.length);
      }),
      { numRuns: 1000 },
    );
  });

  it('the journal, replayed, is the state', () => {
    fc.assert(
      fc.property(plans, seeds, (plan, seed) => {
        const run = runOf(plan, seed);
        const journal = JSON.parse(JSON.stringify(run.journal)) as JournalEvent[];
        expect(replay(ExecutionRun.ID, run.workflow, journal)).toStrictEqual(run.state);
      }),
      { numRuns: 1000 },
    );
  });

  it('memory and the end of the journal may be lost at any moment: it ends as its outcomes say', () => {
    fc.assert(
      fc.property(plans, seeds, (plan, seed) => {
        // After a crash open tasks are uncertain: what fails then is no outcome of theirs.
        const steady = plan.map((node): PlannedNode => {
          return node.onUncertain === 'fail' ? { ...node, onUncertain: 'park' } : node;
        });
        const run = runOf(steady, seed, { crashes: true });
        expectAsFromOutcomes(steady, run);
        expect(faultsOf(steady, run)).toEqual([]);
        expect(replay(ExecutionRun.ID, run.workflow, run.journal)).toStrictEqual(run.state);
      }),
      { numRuns: 1000 },
    );
  });

  it('nothing changes its status but as the tables allow, retries and reruns of the execution included', () => {
    fc.assert(
      fc.property(plans, seeds, fc.boolean(), (plan, seed, cancels) => {
        const run = new ExecutionRun(compiled(definitionOf(plan)));
        if (cancels) {
          run.trigger();
          run.send({ type: 'Cancel' });
        } else new RandomWorld(plan, run, seed).toTheEnd();
        run.send({ type: 'Retry' });
        new RandomWorld(plan, run, seed + 1).toTheEnd();
        run.rerun(`n${Math.abs(seed) % plan.length}`);
        new RandomWorld(plan, run, seed + 2).toTheEnd();
        expect(faultsOf(plan, run)).toEqual([]);
        expect(forbiddenTransitions(run, run.journal)).toEqual([]);
        expect(replay(ExecutionRun.ID, run.workflow, run.journal)).toStrictEqual(run.state);
      }),
      { numRuns: 1000 },
    );
  });

  it('an execution that runs again from a node ends as before, and only what is downstream of it ran again', () => {
    fc.assert(
      fc.property(plans, seeds, fc.nat(), (plan, seed, pick) => {
        const steady = plan.map(alwaysOk);
        const run = new ExecutionRun(compiled(definitionOf(steady)));
        new RandomWorld(steady, run, seed).toTheEnd();
        fc.pre(run.state.status === 'COMPLETED');
        const before = { status: run.state.status, nodes: run.statuses() };
        const dispatched = run.dispatched.length;
        const from = pick % steady.length;
        run.rerun(`n${from}`);
        new RandomWorld(steady, run, seed + 1).toTheEnd();
        expect({ status: run.state.status, nodes: run.statuses() }).toEqual(before);
        const again = downstreamOf(steady, from);
        for (const { nodeId } of run.dispatched.slice(dispatched)) expect(again).toContain(nodeId);
      }),
      { numRuns: 500 },
    );
  });

  it('an execution that is cancelled on the way and retried ends as if it had not been cancelled', () => {
    fc.assert(
      fc.property(plans, seeds, fc.nat(40), (plan, seed, steps) => {
        const steady = plan.map(alwaysOk);
        const run = new ExecutionRun(compiled(definitionOf(steady)));
        const world = new RandomWorld(steady, run, seed);
        run.trigger();
        world.happen(steps);
        run.send({ type: 'Cancel' });
        run.send({ type: 'Retry' });
        world.toTheEnd();
        const expected = expectedEnd(steady, givenIn(run));
        expect(run.state.status).toBe(expected.status);
        if (expected.status === 'FAILED') return;
        expect(run.statuses()).toEqual(
          Object.fromEntries(steady.map(({ id }, index) => [id, expected.nodes[index]?.status])),
        );
      }),
      { numRuns: 500 },
    );
  });
});
