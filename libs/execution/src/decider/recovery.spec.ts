import { describe, expect, it } from '@jest/globals';

import { ExecutionRun } from '../../testing/execution-run';
import { compiled, control, task } from '../../testing/workflows';
import { recover, takeOver } from './decide';
import { replay } from './evolve';

/** The same execution after everything but its journal is gone. */
function revived(run: ExecutionRun, length = run.journal.length): ExecutionRun {
  const journal = run.journal.slice(0, length);
  const next = new ExecutionRun(run.workflow, replay(ExecutionRun.ID, run.workflow, journal));
  next.journal.push(...journal);
  next.now = run.now;
  return next;
}

describe('recovery from the journal alone', () => {
  it('sends open tasks out again, as another delivery of the same attempt with the same config', () => {
    const run = new ExecutionRun(
      compiled([task('a', [], { config: { n: '${input.n}' } }), task('b', [], { config: { fixed: true } })]),
    );
    run.trigger({ n: 1 });
    run.reportStart('a');
    const next = revived(run);
    next.take(recover(next.state, next.moment));
    expect(
      next.dispatched.map(({ nodeId, attempt, delivery, config }) => [nodeId, attempt, delivery, config]),
    ).toEqual([
      ['a', 1, 2, { n: 1 }],
      ['b', 1, 2, { fixed: true }],
    ]);
    expect(next.journal.at(-1)).toMatchObject({ type: 'TaskRedelivered', reason: 'recovered' });
  });

  it('does not hold the loss of a store against a task', () => {
    const run = new ExecutionRun(compiled([task('a')]));
    run.trigger();
    let current = run;
    for (let crash = 0; crash < 10; crash++) {
      current = revived(current);
      current.take(recover(current.state, current.moment));
    }
    expect(current.status('a')).toBe('SCHEDULED');
    expect(current.dispatched.at(-1)?.delivery).toBe(11);
  });

  it('sets timers again, and starts at once what ran out meanwhile', () => {
    const run = new ExecutionRun(
      compiled(
        [
          control('soon', 'delay', [], { config: { duration: 5 } }),
          control('later', 'delay', [], { config: { duration: 50 } }),
          task('a', ['soon']),
        ],
        { timeout: 100 },
      ),
    );
    run.trigger();
    const next = revived(run);
    next.now += 10_000;
    next.take(recover(next.state, next.moment));
    expect(next.statuses()).toEqual({ soon: 'COMPLETED', later: 'WAITING', a: 'SCHEDULED' });
    expect([...next.timers.keys()].sort()).toEqual(['later', undefined]);
    next.pass(40_000);
    expect(next.status('later')).toBe('COMPLETED');
  });

  it('keeps a paused execution paused', () => {
    const run = new ExecutionRun(
      compiled([control('a', 'delay', [], { config: { duration: 1 } }), task('b', ['a'])]),
    );
    run.trigger();
    run.send({ type: 'Pause' });
    const next = revived(run);
    next.now += 60_000;
    next.take(recover(next.state, next.moment));
    next.pass(0);
    expect(next.statuses()).toEqual({ a: 'WAITING', b: 'PENDING' });
    next.send({ type: 'Resume' });
    expect(next.status('b')).toBe('SCHEDULED');
  });

  it('leaves what has ended, or never began, alone', () => {
    const run = new ExecutionRun(compiled([task('a')]));
    expect(recover(run.state, run.moment).events).toEqual([]);
    run.trigger();
    run.succeed('a');
    const next = revived(run);
    expect(recover(next.state, next.moment).events).toEqual([]);
    expect(takeOver(next.state, next.moment).events).toEqual([]);
  });

  it('ends an execution whose last fact the journal lost', () => {
    const run = new ExecutionRun(compiled([task('a', [], { retry: { max_attempts: 1 } })]));
    run.trigger();
    run.fail('a');
    const next = revived(run, run.journal.length - 1);
    expect(next.state.status).toBe('RUNNING');
    next.take(recover(next.state, next.moment));
    expect(next.state).toMatchObject({ status: 'FAILED', error: { node_id: 'a' } });
  });
});

describe('a take-over', () => {
  it('schedules what is ready and was not scheduled, and sends nothing twice', () => {
    const run = new ExecutionRun(compiled([task('a'), task('b', ['a']), task('c', ['a'])]));
    run.trigger();
    run.succeed('a');
    expect(run.story().slice(-2)).toEqual(['NodeScheduled b', 'NodeScheduled c']);
    const next = revived(run, run.journal.length - 1);
    next.take(takeOver(next.state, next.moment));
    expect(next.dispatched.map(({ nodeId }) => nodeId)).toEqual(['c']);
  });
});
