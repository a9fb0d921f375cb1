import type { NodeDefinition } from '@workflow-engine/dag';
import { describe, expect, it } from '@jest/globals';

import { ExecutionRun } from '../../testing/execution-run';
import { compiled, control, task } from '../../testing/workflows';
import { recover } from './decide';
import { replay } from './evolve';
import { MAX_LOSSES, MAX_UNBEGUN_DELIVERIES } from './lost-task';

type Options = Partial<Omit<NodeDefinition, 'id' | 'dependencies'>>;

/** `charge -> ship`, and beside them `other`. */
function running(options: Options): ExecutionRun {
  const nodes = [task('charge', [], options), task('ship', ['charge']), task('other')];
  const run = new ExecutionRun(compiled(nodes));
  run.trigger();
  return run;
}

/** The same execution after everything but its journal is gone. */
function revived(run: ExecutionRun): ExecutionRun {
  const next = new ExecutionRun(run.workflow, replay(ExecutionRun.ID, run.workflow, run.journal));
  next.journal.push(...run.journal);
  next.now = run.now;
  next.take(recover(next.state, next.moment));
  return next;
}

const endsAsItsJournalTells = (run: ExecutionRun): void =>
  expect(replay(ExecutionRun.ID, run.workflow, run.journal)).toStrictEqual(run.state);

describe('a start', () => {
  it('is marked by tasks of nodes that must not simply run again', () => {
    for (const on_uncertain of ['park', 'fail'] as const)
      expect(running({ on_uncertain }).task('charge')).toMatchObject({ markStart: true });
    expect(running({}).task('charge')).not.toHaveProperty('markStart');
  });

  it('is marked by any task that was lost with a worker before, until its next attempt', () => {
    const run = running({ retry: { max_attempts: 2, retry_on: ['BROKEN'] } });
    run.lose('charge');
    expect(run.task('charge')).toMatchObject({ delivery: 2, markStart: true });
    run.fail('charge');
    run.pass(60_000);
    expect(run.task('charge')).toMatchObject({ attempt: 2 });
    expect(run.task('charge')).not.toHaveProperty('markStart');
  });

  it('is not marked after the loss of a store', () => {
    expect(revived(running({})).task('charge')).not.toHaveProperty('markStart');
  });
});

describe('a delivery that was lost before it began', () => {
  it.each(['park', 'fail', 'retry'] as const)('goes out again, whatever the policy (%s)', (on_uncertain) => {
    const run = running({ on_uncertain });
    if (on_uncertain === 'retry') run.lose('charge');
    for (let lost = 0; lost < 2 * MAX_LOSSES; lost++) {
      const events = run.lose('charge', 'not begun');
      expect(events).toMatchObject([{ type: 'TaskRedelivered', reason: 'not_begun' }]);
    }
    expect(run.status('charge')).toBe('SCHEDULED');
    expect(run.losses('charge')).toBe(on_uncertain === 'retry' ? 1 : 0);
    endsAsItsJournalTells(run);
  });

  it('that often without ever beginning is taken for the cause', () => {
    const run = running({ on_uncertain: 'park' });
    for (let lost = 1; lost < MAX_UNBEGUN_DELIVERIES; lost++) run.lose('charge', 'not begun');
    expect(run.status('charge')).toBe('SCHEDULED');
    run.lose('charge', 'not begun');
    expect(run.status('charge')).toBe('PARKED');
  });
});

describe('a task that was handed back after it began', () => {
  it('does not count as lost with its worker', () => {
    const run = running({});
    run.lose('charge');
    for (let lost = 0; lost < MAX_LOSSES; lost++) run.lose('charge', 'handed back');
    expect(run.status('charge')).toBe('SCHEDULED');
    expect(run.journal.at(-1)).toMatchObject({ reason: 'handed_back' });
  });

  it('is uncertain', () => {
    const run = running({ on_uncertain: 'park' });
    run.lose('charge', 'handed back');
    expect(run.status('charge')).toBe('PARKED');
  });
});

describe('on_uncertain: fail', () => {
  it('fails the attempt, and the execution with it', () => {
    const run = running({ on_uncertain: 'fail', retry: { max_attempts: 5 } });
    const events = run.lose('charge');
    expect(run.error('charge')).toMatchObject({ code: 'UNCERTAIN', retryable: false });
    expect(events.at(-1)).toMatchObject({
      type: 'ExecutionFailed',
      error: { code: 'UNCERTAIN', node_id: 'charge' },
      dead_letter: { node_id: 'charge', handler: 'work', attempts: 1 },
    });
    expect(run.revoked).toEqual(expect.arrayContaining(['charge#1', 'other#1']));
    endsAsItsJournalTells(run);
  });

  it('may be retried when the policy names it', () => {
    const run = running({ on_uncertain: 'fail', retry: { max_attempts: 2, retry_on: ['UNCERTAIN'] } });
    run.lose('charge');
    expect(run.status('charge')).toBe('WAITING');
    run.pass(60_000);
    expect(run.task('charge')).toMatchObject({ attempt: 2, delivery: 1 });
    run.lose('charge');
    expect(run.state.status).toBe('FAILED');
  });

  it('may be tolerated', () => {
    const run = running({ on_uncertain: 'fail', on_failure: 'continue' });
    run.lose('charge');
    expect(run.openTasks()).toEqual(['ship', 'other']);
  });

  it('holds for open tasks after the loss of a store', () => {
    const run = revived(running({ on_uncertain: 'fail' }));
    expect(run.state).toMatchObject({ status: 'FAILED', error: { code: 'UNCERTAIN' } });
    expect(run.dispatched).toEqual([]);
    expect(run.timers.size).toBe(0);
  });
});

describe('on_uncertain: park', () => {
  function parked(options: Options = {}): ExecutionRun {
    const run = running({ on_uncertain: 'park', ...options });
    run.lose('charge');
    return run;
  }

  it('makes the node wait for a person while the rest goes on', () => {
    const run = parked();
    expect(run.journal.at(-1)).toMatchObject({
      type: 'NodeParked',
      node_id: 'charge',
      attempt: 1,
      handler: 'work',
      error: { code: 'UNCERTAIN' },
    });
    expect(run.statuses()).toEqual({ charge: 'PARKED', ship: 'PENDING', other: 'SCHEDULED' });
    run.succeed('other');
    run.pass(1e9);
    expect(run.status('charge')).toBe('PARKED');
    expect(run.state.status).toBe('RUNNING');
    expect(run.dispatched).toHaveLength(2);
  });

  it('sends it out again as the same attempt when the person says so', () => {
    const run = parked();
    run.unpark('charge', 'retry');
    expect(run.task('charge')).toMatchObject({ attempt: 1, delivery: 2, markStart: true });
    run.succeed('charge');
    expect(run.openTasks()).toEqual(['ship', 'other']);
    endsAsItsJournalTells(run);
  });

  it('fails the node when the person gives it up; it does not come back as a dead letter', () => {
    const run = parked({ retry: { max_attempts: 5, retry_on: ['*'] } });
    const events = run.unpark('charge', 'discard');
    expect(run.story(events)).toEqual(['NodeUnparked charge', 'NodeFailed charge', 'ExecutionFailed']);
    expect(run.state.error).toMatchObject({ code: 'UNCERTAIN', node_id: 'charge' });
    expect(events.at(-1)).not.toHaveProperty('dead_letter');
    endsAsItsJournalTells(run);
  });

  it('lets the execution go on without the node when its failure is tolerated', () => {
    const run = parked({ on_failure: 'continue' });
    run.unpark('charge', 'discard');
    expect(run.openTasks()).toEqual(['ship', 'other']);
  });

  it('is answered once, and an answer is for the wait that the person saw', () => {
    const run = parked();
    const seen = run.journal.at(-1)?.seq ?? 0;
    const answer = { type: 'Unpark', nodeId: 'charge', parkedSeq: seen, by: 'retry' } as const;
    expect(run.send(answer)).toHaveLength(2);
    expect(run.send(answer)).toEqual([]);
    run.lose('charge');
    expect(run.status('charge')).toBe('PARKED');
    expect(run.send({ ...answer, by: 'discard' })).toEqual([]);
    expect(run.send({ ...answer, nodeId: 'other' })).toEqual([]);
    expect(run.status('charge')).toBe('PARKED');
  });

  it('is over when the outcome comes after all', () => {
    const run = parked();
    const events = run.succeed('charge', { paid: true });
    expect(run.story(events).slice(0, 2)).toEqual(['NodeUnparked charge', 'NodeCompleted charge']);
    expect(events[0]).toMatchObject({ by: 'outcome', parked_seq: (events[0]?.seq ?? 0) - 1 });
    expect(run.outputs()).toEqual({ charge: { paid: true } });
    endsAsItsJournalTells(run);
  });

  it('knows an outcome of another attempt', () => {
    const run = parked();
    expect(run.succeed('charge', {}, 2)).toEqual([]);
    expect(run.reportStart('charge')).toEqual([]);
    expect(run.lose('charge')).toEqual([]);
    expect(run.status('charge')).toBe('PARKED');
  });

  it('ends with its execution, and a retry of that begins it anew', () => {
    const run = parked();
    const events = run.send({ type: 'Cancel' });
    expect(run.story(events)).toEqual(['NodeUnparked charge', 'ExecutionCancelled']);
    expect(run.status('charge')).toBe('CANCELLED');
    expect(run.unpark('charge', 'retry')).toEqual([]);
    run.send({ type: 'Retry' });
    expect(run.task('charge')).toMatchObject({ attempt: 2, delivery: 1 });
    endsAsItsJournalTells(run);
  });

  it('ends with an execution that fails or runs out of time', () => {
    const failed = parked();
    failed.fail('other');
    expect(failed.statuses()).toEqual({ charge: 'CANCELLED', ship: 'CANCELLED', other: 'FAILED' });
    expect(failed.journal.findLast(({ type }) => type === 'NodeUnparked')).toMatchObject({ by: 'end' });

    const late = new ExecutionRun(compiled([task('a', [], { on_uncertain: 'park' })], { timeout: 5 }));
    late.trigger();
    late.lose('a');
    late.pass(5000);
    expect(late.state).toMatchObject({ status: 'TIMED_OUT' });
    expect(late.status('a')).toBe('CANCELLED');
  });

  it('holds while the execution is paused', () => {
    const run = parked();
    run.send({ type: 'Pause' });
    run.send({ type: 'Resume' });
    expect(run.status('charge')).toBe('PARKED');
  });

  it('holds for open tasks after the loss of a store, and what is parked stays so', () => {
    const run = running({ on_uncertain: 'park' });
    const next = revived(run);
    expect(next.statuses()).toEqual({ charge: 'PARKED', ship: 'PENDING', other: 'SCHEDULED' });
    expect(next.dispatched.map(({ nodeId }) => nodeId)).toEqual(['other']);
    expect(
      revived(next)
        .story()
        .filter((event) => event === 'NodeParked charge'),
    ).toHaveLength(1);
  });
});

describe('the time in which a task must be started', () => {
  const timeout = { schedule_to_start: 60 };

  it('begins anew with each delivery', () => {
    const run = new ExecutionRun(compiled([task('a', [], { timeout }), control('end', 'output', ['a'])]));
    run.trigger();
    run.reportStart('a');
    run.pass(120_000);
    run.lose('a');
    expect(run.status('a')).toBe('SCHEDULED');
    run.pass(59_000);
    expect(run.status('a')).toBe('SCHEDULED');
    run.pass(1000);
    expect(run.error('a')).toMatchObject({ code: 'SCHEDULE_TO_START_TIMEOUT' });
  });

  it('does not run while the node is parked', () => {
    const run = new ExecutionRun(compiled([task('a', [], { timeout, on_uncertain: 'park' })]));
    run.trigger();
    run.lose('a');
    run.pass(1e6);
    expect(run.status('a')).toBe('PARKED');
    expect(run.timers.size).toBe(0);
    run.unpark('a', 'retry');
    expect([...run.timers.keys()]).toEqual(['a']);
  });
});
