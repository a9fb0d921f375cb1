import type { JoinPolicy } from '@workflow-engine/dag';
import { describe, expect, it } from '@jest/globals';

import { ExecutionRun } from '../../testing/execution-run';
import { compiled, task } from '../../testing/workflows';

type End = 'ok' | 'skipped' | 'failed' | 'tolerated';

/** A node `end` behind three dependencies that end as told, in the given order; and what became of it. */
function runWith(join: JoinPolicy, ends: readonly End[], order: readonly number[]): string {
  const dependencies = ends.map((_, index) => `d${index}`);
  const run = new ExecutionRun(
    compiled([
      task('start'),
      ...ends.map((end, index) =>
        task(`d${index}`, ['start'], {
          retry: { max_attempts: 1 },
          ...(end === 'skipped' && { when: 'start.output.missing == true' }),
          ...(end === 'tolerated' && { on_failure: 'continue' }),
        }),
      ),
      // Lets a skipped dependency end in its turn as well.
      task('end', dependencies, { join }),
    ]),
  );
  run.trigger();
  run.succeed('start', { missing: false });
  for (const index of order) {
    const end = ends[index];
    if (end === 'ok') run.succeed(`d${index}`);
    else if (end !== 'skipped') run.fail(`d${index}`);
  }
  return run.state.status === 'FAILED' ? 'execution FAILED' : run.status('end');
}

const orders = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

const cases: readonly [JoinPolicy, readonly End[], string][] = [
  ['all_succeeded', ['ok', 'ok', 'ok'], 'SCHEDULED'],
  ['all_succeeded', ['ok', 'tolerated', 'ok'], 'SCHEDULED'],
  ['all_succeeded', ['ok', 'skipped', 'ok'], 'SKIPPED'],
  ['all_succeeded', ['ok', 'failed', 'ok'], 'execution FAILED'],
  ['all_succeeded', ['skipped', 'failed', 'ok'], 'execution FAILED'],
  ['all_done', ['ok', 'failed', 'skipped'], 'SCHEDULED'],
  ['all_done', ['failed', 'failed', 'failed'], 'SCHEDULED'],
  ['all_done', ['skipped', 'skipped', 'skipped'], 'SCHEDULED'],
  ['any_succeeded', ['failed', 'ok', 'skipped'], 'SCHEDULED'],
  ['any_succeeded', ['tolerated', 'failed', 'failed'], 'SCHEDULED'],
  ['any_succeeded', ['skipped', 'skipped', 'skipped'], 'SKIPPED'],
  ['any_succeeded', ['skipped', 'failed', 'skipped'], 'execution FAILED'],
  ['any_succeeded', ['failed', 'failed', 'failed'], 'execution FAILED'],
  ['none_failed', ['ok', 'skipped', 'tolerated'], 'SCHEDULED'],
  ['none_failed', ['skipped', 'skipped', 'skipped'], 'SCHEDULED'],
  ['none_failed', ['skipped', 'failed', 'ok'], 'execution FAILED'],
  [{ at_least: 2 }, ['ok', 'failed', 'ok'], 'SCHEDULED'],
  [{ at_least: 2 }, ['ok', 'skipped', 'tolerated'], 'SCHEDULED'],
  [{ at_least: 2 }, ['ok', 'skipped', 'skipped'], 'SKIPPED'],
  [{ at_least: 2 }, ['ok', 'skipped', 'failed'], 'execution FAILED'],
  [{ at_least: 3 }, ['ok', 'failed', 'ok'], 'execution FAILED'],
];

describe('joins', () => {
  it.each(cases)('%j over %j: %s, in whichever order they end', (join, ends, expected) => {
    for (const order of orders)
      expect({ order, end: runWith(join, ends, order) }).toEqual({ order, end: expected });
  });

  it.each<JoinPolicy>(['all_succeeded', 'all_done', 'any_succeeded', 'none_failed', { at_least: 1 }])(
    '%j waits for every dependency, even when it is met already',
    (join) => {
      const run = new ExecutionRun(compiled([task('a'), task('b'), task('end', ['a', 'b'], { join })]));
      run.trigger();
      run.succeed('a');
      expect(run.status('end')).toBe('PENDING');
      run.succeed('b');
      expect(run.status('end')).toBe('SCHEDULED');
    },
  );

  it('fails as soon as it can never be met, without waiting for the rest', () => {
    const run = new ExecutionRun(
      compiled([task('a'), task('b'), task('c'), task('end', ['a', 'b', 'c'], { join: { at_least: 2 } })]),
    );
    run.trigger();
    run.fail('a');
    expect(run.state.status).toBe('RUNNING');
    run.fail('b');
    expect(run.state.status).toBe('FAILED');
    expect(run.status('c')).toBe('CANCELLED');
  });
});

describe('skipping', () => {
  it('spreads to everything that needs the skipped node, and no further', () => {
    const run = new ExecutionRun(
      compiled([
        task('a'),
        task('b', ['a'], { when: 'a.output.go' }),
        task('c', ['b']),
        task('d', ['c']),
        task('e', ['d'], { join: 'all_done' }),
        task('f', ['a', 'd'], { join: 'none_failed' }),
        task('g', ['a']),
      ]),
    );
    run.trigger();
    const story = run.story(run.succeed('a', { go: false }));
    expect(run.statuses()).toEqual({
      a: 'COMPLETED',
      b: 'SKIPPED',
      c: 'SKIPPED',
      d: 'SKIPPED',
      e: 'SCHEDULED',
      f: 'SCHEDULED',
      g: 'SCHEDULED',
    });
    expect(story).toContain('NodeSkipped d');
  });

  it('tells a false condition from a join that was not met', () => {
    const run = new ExecutionRun(compiled([task('a', [], { when: 'false' }), task('b', ['a'])]));
    const skips = run.trigger().filter((event) => event.type === 'NodeSkipped');
    expect(skips.map(({ node_id, reason }) => [node_id, reason])).toEqual([
      ['a', 'condition'],
      ['b', 'join'],
    ]);
    expect(run.state.status).toBe('COMPLETED');
  });

  it('looks at a condition only once the join is met', () => {
    const run = new ExecutionRun(
      compiled([task('a'), task('b', ['a'], { when: 'a.output.n > 1' }), task('c', ['b'], { when: 'true' })]),
    );
    run.trigger();
    expect(run.status('b')).toBe('PENDING');
    run.succeed('a', { n: 2 });
    expect(run.status('b')).toBe('SCHEDULED');
    expect(run.status('c')).toBe('PENDING');
  });
});
