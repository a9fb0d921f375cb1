import type { NodeDefinition } from '@workflow-engine/dag';
import { describe, expect, it } from '@jest/globals';

import { compiled, control, task } from '../../testing/workflows';
import type { Task, TaskRef } from '../ports/task-queue';
import { decide } from './decide';
import { comesEarly } from './follow-ups';
import { newState } from './state';
import type { Command } from './commands';
import type { Decision } from './turn';

const ID = 'execution';
const REPORT = { worker: 'w' };

/** An execution whose tasks go out with those that may follow, command by command. */
class Run {
  readonly state;

  constructor(nodes: readonly NodeDefinition[]) {
    this.state = newState(ID, compiled(nodes));
  }

  send(command: Unaddressed, followUps = true): Decision {
    return decide(this.state, { executionId: ID, ...command }, { now: 0, random: 0.5, followUps });
  }

  trigger(input = {}, followUps = true): readonly Task[] {
    return this.send({ type: 'Trigger', workflowId: 'w', version: 1, input }, followUps).effects.tasks;
  }

  succeed(nodeId: string, followedUp = false): Decision['effects'] {
    const outcome = { type: 'TaskSucceeded', nodeId, attempt: 1, output: { n: 1 }, report: REPORT } as const;
    return this.send({ ...outcome, ...(followedUp && { followedUp }) }).effects;
  }
}

type Unaddressed = Command extends infer C ? (C extends Command ? Omit<C, 'executionId'> : never) : never;

const names = (refs: readonly TaskRef[]): readonly string[] =>
  refs.map(({ nodeId, attempt }) => `${nodeId}#${attempt}`);
const followUpsOf = ([first]: readonly Task[]): readonly string[] => names(first?.followUps ?? []);

describe('follow-ups', () => {
  const chain = [task('a'), task('b', ['a']), task('c', ['b'], { config: { got: '${b.output.n}' } })];

  it('are the tasks that wait for nothing but the one before', () => {
    expect(followUpsOf(new Run(chain).trigger())).toEqual(['b#1', 'c#1']);
    const [a] = new Run(chain).trigger({ n: 1 });
    expect(a?.scope).toEqual({ startedAt: new Date(0).toISOString(), input: { n: 1 }, labels: {} });
    expect(a?.followUps?.map(({ plan }) => plan)).toEqual([
      { dependency: 'a', queue: 'default', handler: 'work', config: {}, isTemplate: false },
      {
        dependency: 'b',
        queue: 'default',
        handler: 'work',
        config: { got: '${b.output.n}' },
        isTemplate: true,
      },
    ]);
  });

  it('are not sent along unless that is asked for, nor with a large input', () => {
    expect(new Run(chain).trigger({}, false)[0]).not.toHaveProperty('followUps');
    expect(new Run(chain).trigger({ text: 'x'.repeat(10_001) })[0]).not.toHaveProperty('followUps');
  });

  it('are no more than a worker may do before it is heard of', () => {
    const long = Array.from({ length: 40 }, (_, n) => task(`n${n}`, n === 0 ? [] : [`n${n - 1}`]));
    expect(followUpsOf(new Run(long).trigger())).toHaveLength(16);
  });

  it.each<[string, readonly NodeDefinition[]]>([
    ['several dependencies', [task('a'), task('x'), task('b', ['a', 'x'])]],
    ['a dependency with other dependents', [task('a'), task('b', ['a']), task('c', ['a'])]],
    ['a condition', [task('a'), task('b', ['a'], { when: 'a.output.n == 1' })]],
    ['another queue', [task('a'), task('b', ['a'], { queue: 'other' })]],
    ['a secret', [task('a'), task('b', ['a'], { config: { key: '${secrets.KEY}' } })]],
    ['a time limit for its start', [task('a'), task('b', ['a'], { timeout: { schedule_to_start: 5 } })]],
    ['a join that asks for more than success', [task('a'), task('b', ['a'], { join: 'all_done' })]],
    ['an effect that must not come twice', [task('a'), task('b', ['a'], { on_uncertain: 'park' })]],
    ['a large config', [task('a'), task('b', ['a'], { config: { text: 'x'.repeat(2_000) } })]],
    ['no task', [task('a'), control('b', 'noop', ['a'])]],
    [
      'data of a node further up',
      [task('z'), task('a', ['z']), task('b', ['a'], { config: { far: '${z.output}' } })],
    ],
  ])('are none with %s', (_, nodes) => {
    const first = new Run(nodes).trigger().slice(0, 1);
    expect(first.flatMap((sent) => followUpsOf([sent]))).not.toContain('b#1');
  });

  it('that have begun are scheduled in the journal, and not sent out again', () => {
    const run = new Run(chain);
    run.trigger();
    const { tasks, followed, withdrawn } = run.succeed('a', true);
    expect(tasks).toEqual([]);
    expect(withdrawn).toEqual([]);
    expect(followed).toMatchObject([{ after: { nodeId: 'a' }, task: { nodeId: 'b', attempt: 1 } }]);
    const next = run.succeed('b', true);
    expect(next.followed).toMatchObject([{ task: { nodeId: 'c', config: { got: 1 } } }]);
    expect(run.succeed('c').followed).toEqual([]);
    expect(run.state.status).toBe('COMPLETED');
  });

  it('that nobody has begun are sent out, and what follows them with them', () => {
    const run = new Run(chain);
    run.trigger();
    const { tasks, withdrawn } = run.succeed('a');
    expect(names(withdrawn)).toEqual(['a#1']);
    expect(followUpsOf(tasks)).toEqual(['c#1']);
  });

  it.each<[string, Unaddressed]>([
    ['an end', { type: 'Cancel' }],
    ['a pause', { type: 'Pause' }],
    ['a loss', { type: 'TaskLost', nodeId: 'a', attempt: 1, delivery: 1 }],
    [
      'a failure',
      {
        ...{ type: 'TaskFailed', nodeId: 'a', attempt: 1, report: REPORT },
        error: { code: 'BROKEN', message: '', retryable: false },
      },
    ],
    [
      'a retry',
      {
        ...{ type: 'TaskFailed', nodeId: 'a', attempt: 1, report: REPORT },
        error: { code: 'BROKEN', message: '', retryable: true },
      },
    ],
  ])('are withdrawn by %s', (_, command) => {
    const run = new Run(chain);
    run.trigger();
    expect(new Set(names(run.send(command).effects.withdrawn))).toEqual(new Set(['a#1', 'b#1']));
  });

  it('have their outcome too early as long as the task before has none', () => {
    const run = new Run(chain);
    run.trigger();
    const outcome = {
      executionId: ID,
      type: 'TaskSucceeded',
      attempt: 1,
      output: {},
      report: REPORT,
    } as const;
    expect(comesEarly(run.state, { ...outcome, nodeId: 'b' })).toBe(true);
    expect(comesEarly(run.state, { ...outcome, nodeId: 'c' })).toBe(true);
    expect(comesEarly(run.state, { ...outcome, nodeId: 'b', attempt: 2 })).toBe(false);
    expect(comesEarly(run.state, { ...outcome, nodeId: 'a' })).toBe(false);
    run.succeed('a', true);
    expect(comesEarly(run.state, { ...outcome, nodeId: 'b' })).toBe(false);
  });
});
