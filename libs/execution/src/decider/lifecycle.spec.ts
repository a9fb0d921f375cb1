import { describe, expect, it } from '@jest/globals';

import { ExecutionRun } from '../../testing/execution-run';
import { compiled, control, task } from '../../testing/workflows';

const once = { retry: { max_attempts: 1 } };

describe('timeouts', () => {
  it('of the execution end it, wherever it is', () => {
    const run = new ExecutionRun(compiled([task('a'), task('b', ['a'])], { timeout: 'PT10S' }));
    run.trigger();
    run.pass(9_999);
    expect(run.state.status).toBe('RUNNING');
    run.pass(1);
    expect(run.state).toMatchObject({ status: 'TIMED_OUT', error: { code: 'EXECUTION_TIMEOUT' } });
    expect(run.statuses()).toEqual({ a: 'CANCELLED', b: 'CANCELLED' });
    expect(run.revoked).toEqual(['a#1']);
    expect(run.state.error?.message).toContain('10 seconds');
  });

  it('leave nothing behind when it ends before', () => {
    const run = new ExecutionRun(compiled([task('a')], { timeout: 10 }));
    run.trigger();
    expect([...run.timers.keys()]).toEqual([undefined]);
    run.succeed('a');
    expect(run.timers.size).toBe(0);
    expect(run.pass(20_000)).toEqual([]);
  });

  it('leave nothing behind when it ends in the turn that starts it', () => {
    const run = new ExecutionRun(compiled([control('a', 'noop')], { timeout: 10 }));
    run.trigger();
    expect(run.state.status).toBe('COMPLETED');
    expect(run.timers.size).toBe(0);
  });

  it('from schedule to start fail a task that no worker takes', () => {
    const run = new ExecutionRun(compiled([task('a', [], { ...once, timeout: { schedule_to_start: 5 } })]));
    run.trigger();
    expect(run.dispatched[0]?.reportStart).toBe(true);
    run.pass(5_000);
    expect(run.status('a')).toBe('TIMED_OUT');
    expect(run.state.error?.code).toBe('SCHEDULE_TO_START_TIMEOUT');
    expect(run.revoked).toEqual(['a#1']);
  });

  it('from schedule to start are over when it starts', () => {
    const run = new ExecutionRun(compiled([task('a', [], { timeout: { schedule_to_start: 5 } })]));
    run.trigger();
    run.reportStart('a');
    expect(run.timers.size).toBe(0);
    expect(run.status('a')).toBe('RUNNING');
    run.pass(10_000);
    expect(run.status('a')).toBe('RUNNING');
  });

  it('from schedule to start begin anew with each attempt', () => {
    const retry = { max_attempts: 2, interval: 1, jitter: 'none', retry_on: ['*'] } as const;
    const run = new ExecutionRun(compiled([task('a', [], { retry, timeout: { schedule_to_start: 5 } })]));
    run.trigger();
    run.pass(6_000);
    expect(run.status('a')).toBe('SCHEDULED');
    run.pass(4_999);
    expect(run.status('a')).toBe('SCHEDULED');
    run.pass(1);
    expect(run.state.status).toBe('FAILED');
  });

  it('reach the worker with the task', () => {
    const timeout = { start_to_close: 'PT5M', heartbeat: 30 };
    const run = new ExecutionRun(compiled([task('a', [], { timeout }), task('b', [], { timeout: 'PT1S' })]));
    run.trigger();
    expect(run.dispatched).toMatchObject([
      { startToCloseMs: 300_000, heartbeatMs: 30_000, reportStart: false },
      { startToCloseMs: 1_000 },
    ]);
  });

  it('that were set to later since are set again, not obeyed', () => {
    const run = new ExecutionRun(compiled([task('a')], { timeout: 10 }));
    run.trigger();
    const early = { executionId: ExecutionRun.ID, dueAt: run.now };
    run.fire(early);
    expect(run.state.status).toBe('RUNNING');
    expect(run.timers.get(undefined)?.dueAt).toBe(run.now + 10_000);
  });
});

describe('pause and resume', () => {
  it('hold back what becomes ready meanwhile', () => {
    const run = new ExecutionRun(compiled([task('a'), task('b', ['a']), task('c', ['b'])]));
    run.trigger();
    run.send({ type: 'Pause' });
    run.succeed('a');
    expect(run.state.status).toBe('PAUSED');
    expect(run.status('b')).toBe('PENDING');
    run.send({ type: 'Resume' });
    expect(run.status('b')).toBe('SCHEDULED');
    expect(run.state.status).toBe('RUNNING');
  });

  it.each(['retry', 'delay'])('hold back a %s that is due meanwhile', (kind) => {
    const nodes = kind === 'retry' ? [task('a')] : [control('a', 'delay', [], { config: { duration: 1 } })];
    const run = new ExecutionRun(compiled([...nodes, task('b', ['a'])]));
    run.trigger();
    if (kind === 'retry') run.fail('a', { retryable: true });
    run.send({ type: 'Pause' });
    run.pass(60_000);
    expect(run.status('a')).toBe('WAITING');
    run.send({ type: 'Resume' });
    expect(run.status('a')).toBe(kind === 'retry' ? 'SCHEDULED' : 'COMPLETED');
    expect(run.status('b')).toBe(kind === 'retry' ? 'PENDING' : 'SCHEDULED');
  });

  it('set a timer anew that ran out by a clock which was ahead', () => {
    const run = new ExecutionRun(compiled([control('a', 'delay', [], { config: { duration: 10 } })]));
    run.trigger();
    run.send({ type: 'Pause' });
    const { now } = run;
    run.pass(10_000);
    run.now = now;
    run.send({ type: 'Resume' });
    expect(run.status('a')).toBe('WAITING');
    run.pass(10_000);
    expect(run.state.status).toBe('COMPLETED');
  });

  it('leave a timer that is not due yet to its time', () => {
    const run = new ExecutionRun(compiled([control('a', 'delay', [], { config: { duration: 10 } })]));
    run.trigger();
    run.send({ type: 'Pause' });
    run.pass(5_000);
    run.send({ type: 'Resume' });
    expect(run.status('a')).toBe('WAITING');
    run.pass(5_000);
    expect(run.state.status).toBe('COMPLETED');
  });

  it('do not hold back the end', () => {
    const completing = new ExecutionRun(compiled([task('a')]));
    completing.trigger();
    completing.send({ type: 'Pause' });
    completing.succeed('a');
    expect(completing.state.status).toBe('COMPLETED');

    const failing = new ExecutionRun(compiled([task('a', [], once), task('b', ['a'])]));
    failing.trigger();
    failing.send({ type: 'Pause' });
    failing.fail('a');
    expect(failing.state.status).toBe('FAILED');

    const timing = new ExecutionRun(compiled([task('a')], { timeout: 1 }));
    timing.trigger();
    timing.send({ type: 'Pause' });
    timing.pass(1000);
    expect(timing.state.status).toBe('TIMED_OUT');
  });

  it('are for executions that run, or are paused', () => {
    const run = new ExecutionRun(compiled([task('a')]));
    expect(run.send({ type: 'Pause' })).toEqual([]);
    run.trigger();
    expect(run.send({ type: 'Resume' })).toEqual([]);
    run.send({ type: 'Pause' });
    expect(run.send({ type: 'Pause' })).toEqual([]);
    run.send({ type: 'Cancel' });
    expect(run.send({ type: 'Resume' })).toEqual([]);
    expect(run.state.status).toBe('CANCELLED');
  });
});

describe('cancellation', () => {
  it('stops everything at once, timers included', () => {
    const run = new ExecutionRun(
      compiled([task('a'), control('b', 'delay', [], { config: { duration: 9 } }), task('c', ['a', 'b'])], {
        timeout: 60,
      }),
    );
    run.trigger();
    const [event] = run.send({ type: 'Cancel', reason: 'not needed' });
    expect(event).toMatchObject({ type: 'ExecutionCancelled', reason: 'not needed' });
    expect(run.statuses()).toEqual({ a: 'CANCELLED', b: 'CANCELLED', c: 'CANCELLED' });
    expect(run.revoked).toEqual(['a#1']);
    expect(run.timers.size).toBe(0);
    expect(run.state.finishedAt).toBe(new Date(run.now).toISOString());
  });

  it('keeps what is done', () => {
    const run = new ExecutionRun(compiled([task('a'), task('b', ['a'])]));
    run.trigger();
    run.succeed('a', 1);
    run.send({ type: 'Cancel' });
    expect(run.statuses()).toEqual({ a: 'COMPLETED', b: 'CANCELLED' });
    expect(run.outputs()).toEqual({ a: 1 });
  });

  it('comes too late for what has ended, and too early for what was not triggered', () => {
    const run = new ExecutionRun(compiled([task('a')]));
    expect(run.send({ type: 'Cancel' })).toEqual([]);
    run.trigger();
    run.succeed('a');
    expect(run.send({ type: 'Cancel' })).toEqual([]);
    expect(run.state.status).toBe('COMPLETED');
  });
});

describe('retry of an execution', () => {
  const failed = (): ExecutionRun => {
    const run = new ExecutionRun(
      compiled([task('a'), task('b', ['a'], once), task('c', ['a']), task('d', ['b', 'c'])], { timeout: 60 }),
    );
    run.trigger();
    run.succeed('a', 1);
    run.fail('b');
    return run;
  };

  it('goes on from what failed and what was cancelled; what is done stays', () => {
    const run = failed();
    expect(run.statuses()).toEqual({ a: 'COMPLETED', b: 'FAILED', c: 'CANCELLED', d: 'CANCELLED' });
    run.pass(100_000);
    const [event] = run.send({ type: 'Retry' });
    expect(event).toMatchObject({ type: 'ExecutionRetried', node_ids: ['b'] });
    expect(run.statuses()).toEqual({ a: 'COMPLETED', b: 'SCHEDULED', c: 'SCHEDULED', d: 'PENDING' });
    expect(run.state).toMatchObject({ status: 'RUNNING', error: undefined, finishedAt: undefined });
    run.succeed('c', 2);
    run.succeed('b', 3);
    run.succeed('d', 4);
    expect(run.state).toMatchObject({ status: 'COMPLETED', output: { d: 4 } });
    expect(run.dispatched.filter(({ nodeId }) => nodeId === 'a')).toHaveLength(1);
  });

  it('numbers attempts on, so that outcomes of old ones are recognised, but has all tries again', () => {
    const run = new ExecutionRun(compiled([task('a', [], { retry: { max_attempts: 2 } })]));
    run.trigger();
    run.fail('a', { retryable: true });
    run.pass(60_000);
    run.fail('a', { retryable: true });
    run.send({ type: 'Retry' });
    expect(run.attempt('a')).toBe(3);
    expect(run.succeed('a', 'late', 2)).toEqual([]);
    run.fail('a', { retryable: true });
    expect(run.status('a')).toBe('WAITING');
    run.pass(60_000);
    const events = run.fail('a', { retryable: true });
    expect(events.at(-1)).toMatchObject({ type: 'ExecutionFailed', dead_letter: { attempts: 4 } });
  });

  it('gives the execution its whole time again', () => {
    const run = failed();
    run.pass(1_000_000);
    run.send({ type: 'Retry' });
    run.pass(59_999);
    expect(run.state.status).toBe('RUNNING');
    run.pass(1);
    expect(run.state.status).toBe('TIMED_OUT');
    run.send({ type: 'Retry' });
    expect(run.state.status).toBe('RUNNING');
  });

  it('runs everything downstream of a failed node again, also what had coped with the failure', () => {
    const run = new ExecutionRun(
      compiled([task('a', [], once), task('coped', ['a'], { join: 'all_done' }), task('z', ['coped'], once)]),
    );
    run.trigger();
    run.fail('a');
    run.succeed('coped', 'old');
    run.fail('z');
    run.send({ type: 'Retry' });
    expect(run.statuses()).toEqual({ a: 'SCHEDULED', coped: 'PENDING', z: 'PENDING' });
    expect(run.outputs()).toEqual({});
  });

  it('resolves templates anew', () => {
    const run = new ExecutionRun(
      compiled([
        task('a', [], once),
        task('b', ['a'], { ...once, join: 'all_done', config: { was: '${a.status}' } }),
      ]),
    );
    run.trigger();
    run.fail('a');
    run.fail('b');
    run.send({ type: 'Retry' });
    run.succeed('a');
    expect(run.dispatched.at(-1)).toMatchObject({ nodeId: 'b', attempt: 2, config: { was: 'COMPLETED' } });
  });

  it('of a cancelled execution goes on where it was', () => {
    const run = new ExecutionRun(compiled([task('a'), task('b', ['a'])]));
    run.trigger();
    run.succeed('a');
    run.send({ type: 'Cancel' });
    run.send({ type: 'Retry' });
    expect(run.statuses()).toEqual({ a: 'COMPLETED', b: 'SCHEDULED' });
    run.succeed('b');
    expect(run.state.status).toBe('COMPLETED');
  });

  it('that fails before it is scheduled is not taken for the attempt before', () => {
    const run = new ExecutionRun(
      compiled([
        task('a', [], once),
        task('b', ['a'], {
          ...once,
          join: 'all_done',
          config: { n: "${a.status == 'FAILED' ? 1 : a.output.x}" },
        }),
      ]),
    );
    run.trigger();
    run.fail('a');
    run.fail('b', { code: 'FIRST' });
    run.send({ type: 'Retry' });
    const failure = run.succeed('a', {}).find(({ type }) => type === 'NodeFailed');
    expect(failure).toMatchObject({ node_id: 'b', attempt: 2, error: { code: 'TEMPLATE_ERROR' } });
  });

  it('is for executions that ended badly', () => {
    const run = new ExecutionRun(compiled([task('a')]));
    expect(run.send({ type: 'Retry' })).toEqual([]);
    run.trigger();
    expect(run.send({ type: 'Retry' })).toEqual([]);
    run.succeed('a');
    expect(run.send({ type: 'Retry' })).toEqual([]);
  });
});
