import { describe, expect, it } from '@jest/globals';

import { ExecutionRun } from '../../testing/execution-run';
import { compiled, control, task } from '../../testing/workflows';
import { MAX_LOSSES } from './lost-task';

const once = { retry: { max_attempts: 1 } };

describe('a failed task', () => {
  it('ends the execution, stops what runs and becomes a dead letter', () => {
    const run = new ExecutionRun(compiled([task('a', [], once), task('b'), task('c', ['a', 'b'])]));
    run.trigger();
    const events = run.fail('a', { code: 'HTTP_4XX', message: 'no such thing' });

    expect(run.state).toMatchObject({
      status: 'FAILED',
      error: { code: 'HTTP_4XX', node_id: 'a', message: 'node "a" failed: no such thing' },
    });
    expect(run.statuses()).toEqual({ a: 'FAILED', b: 'CANCELLED', c: 'CANCELLED' });
    expect(run.revoked).toEqual(['b#1']);
    expect(events.at(-1)).toMatchObject({
      type: 'ExecutionFailed',
      dead_letter: { node_id: 'a', handler: 'work', attempts: 1 },
    });
  });

  it('with nobody depending on it ends the execution too', () => {
    const run = new ExecutionRun(compiled([task('a'), task('b', ['a'], once)]));
    run.trigger();
    run.succeed('a');
    run.fail('b');
    expect(run.state.status).toBe('FAILED');
  });

  it('is over when every dependent copes with it', () => {
    const run = new ExecutionRun(
      compiled([
        task('a', [], once),
        task('always', ['a'], { join: 'all_done', config: { was: '${a.status}', why: '${a.error.code}' } }),
      ]),
    );
    run.trigger();
    run.fail('a', { code: 'BROKEN' });
    expect(run.dispatched.at(-1)).toMatchObject({
      nodeId: 'always',
      config: { was: 'FAILED', why: 'BROKEN' },
    });
    run.succeed('always');
    expect(run.state.status).toBe('COMPLETED');
  });

  it('is one failure too many when one dependent does not cope', () => {
    const run = new ExecutionRun(
      compiled([task('a', [], once), task('copes', ['a'], { join: 'all_done' }), task('does-not', ['a'])]),
    );
    run.trigger();
    run.fail('a');
    expect(run.state.status).toBe('FAILED');
  });

  it('with on_failure continue counts as satisfied: output null, error in scope', () => {
    const run = new ExecutionRun(
      compiled([
        task('a', [], { ...once, on_failure: 'continue' }),
        task('b', ['a'], { config: { got: '${a.output}', error: '${a.error.code}', status: '${a.status}' } }),
      ]),
    );
    run.trigger();
    run.fail('a', { code: 'TIMEOUT' });
    expect(run.dispatched.at(-1)?.config).toEqual({ got: null, error: 'TIMEOUT', status: 'TIMED_OUT' });
    run.succeed('b', 1);
    expect(run.state).toMatchObject({ status: 'COMPLETED', output: { b: 1 } });
  });

  it('with on_failure continue and nobody behind it does not end the execution', () => {
    const run = new ExecutionRun(compiled([task('a', [], { ...once, on_failure: 'continue' })]));
    run.trigger();
    run.fail('a');
    expect(run.state.status).toBe('COMPLETED');
  });

  it.each(['TIMEOUT', 'HEARTBEAT_TIMEOUT'])('by %s is TIMED_OUT', (code) => {
    const run = new ExecutionRun(compiled([task('a', [], once)]));
    run.trigger();
    run.fail('a', { code });
    expect(run.status('a')).toBe('TIMED_OUT');
    expect(run.state.status).toBe('FAILED');
  });

  it('in a control node may be tolerated as well', () => {
    const run = new ExecutionRun(
      compiled([control('stop', 'fail', [], { on_failure: 'continue' }), task('b', ['stop'])]),
    );
    run.trigger();
    expect(run.status('b')).toBe('SCHEDULED');
  });
});

describe('outcomes', () => {
  it('count once: the first one of an open attempt wins, whoever brings it', () => {
    const run = new ExecutionRun(compiled([task('a'), task('b', ['a'])]));
    run.trigger();
    run.succeed('a', 'first');
    expect(run.succeed('a', 'second')).toEqual([]);
    expect(run.fail('a', { retryable: true })).toEqual([]);
    expect(run.outputs()).toEqual({ a: 'first' });
  });

  it('of an earlier attempt change nothing', () => {
    const run = new ExecutionRun(compiled([task('a', [], { retry: { max_attempts: 3 } })]));
    run.trigger();
    run.fail('a', { retryable: true });
    expect(run.succeed('a', 'late', 1)).toEqual([]);
    run.pass(60_000);
    expect(run.attempt('a')).toBe(2);
    expect(run.succeed('a', 'late', 1)).toEqual([]);
    expect(run.fail('a', {}, 1)).toEqual([]);
    run.succeed('a', 'right', 2);
    expect(run.outputs()).toEqual({ a: 'right' });
  });

  it('of attempts, nodes and executions that are not there change nothing', () => {
    const run = new ExecutionRun(compiled([task('a'), task('b', ['a'])]));
    expect(run.succeed('a', 1, 1)).toEqual([]);
    run.trigger();
    expect(run.succeed('b', 1, 1)).toEqual([]);
    expect(run.succeed('a', 1, 2)).toEqual([]);
    expect(run.send({ type: 'TaskSucceeded', nodeId: 'ghost', attempt: 1, output: 1, report: {} })).toEqual(
      [],
    );
    expect(run.trigger({ again: true })).toEqual([]);
    expect(run.state.input).toEqual({});
  });

  it('that come after the end change nothing', () => {
    const run = new ExecutionRun(compiled([task('a'), task('b')]));
    run.trigger();
    run.send({ type: 'Cancel' });
    expect([...run.succeed('a'), ...run.fail('b'), ...run.lose('a'), ...run.reportStart('b')]).toEqual([]);
  });
});

describe('lost workers', () => {
  it('mean another delivery of the same attempt', () => {
    const run = new ExecutionRun(compiled([task('a', [], { config: { n: '${input.n}' } })]));
    run.trigger({ n: 5 });
    run.reportStart('a');
    const [event] = run.lose('a');
    expect(event).toMatchObject({ type: 'TaskRedelivered', attempt: 1, delivery: 2, reason: 'worker_lost' });
    expect(run.dispatched.at(-1)).toMatchObject({ attempt: 1, delivery: 2, config: { n: 5 } });
    expect(run.status('a')).toBe('SCHEDULED');
  });

  it('are counted per delivery: the same loss reported twice is one', () => {
    const run = new ExecutionRun(compiled([task('a')]));
    run.trigger();
    const lost = { type: 'TaskLost', nodeId: 'a', attempt: 1, delivery: 1 } as const;
    expect(run.send(lost)).toHaveLength(1);
    expect(run.send(lost)).toEqual([]);
  });

  it(`fail the task after ${MAX_LOSSES} in a row, and the execution with it`, () => {
    const run = new ExecutionRun(compiled([task('a')]));
    run.trigger();
    for (let loss = 1; loss < MAX_LOSSES; loss++) run.lose('a');
    expect(run.status('a')).toBe('SCHEDULED');
    const events = run.lose('a');
    expect(run.error('a')).toMatchObject({ code: 'WORKER_LOST' });
    expect(run.state.status).toBe('FAILED');
    expect(events.at(-1)).toMatchObject({ dead_letter: { node_id: 'a', attempts: 1 } });
  });

  it('are counted anew for the next attempt, when losing them may be tried again', () => {
    const retry = { max_attempts: 2, retry_on: ['WORKER_LOST'] };
    const run = new ExecutionRun(compiled([task('a', [], { retry })]));
    run.trigger();
    for (let loss = 0; loss < MAX_LOSSES; loss++) run.lose('a');
    expect(run.status('a')).toBe('WAITING');
    run.pass(60_000);
    run.lose('a');
    expect(run.status('a')).toBe('SCHEDULED');
    expect(run.dispatched.at(-1)).toMatchObject({ attempt: 2, delivery: 2 });
  });

  it('may still bring their outcome, and what was delivered again is taken back', () => {
    const run = new ExecutionRun(compiled([task('a'), task('b', ['a'])]));
    run.trigger();
    run.lose('a');
    run.succeed('a', 'from the dead');
    expect(run.outputs()).toEqual({ a: 'from the dead' });
    expect(run.revoked).toEqual(['a#1']);
  });
});

describe('templates that cannot be resolved', () => {
  it('fail their node before it is scheduled; it is no dead letter', () => {
    const run = new ExecutionRun(
      compiled([task('a'), task('b', ['a'], { config: { n: '${a.output.x.y}' } })]),
    );
    run.trigger();
    const events = run.succeed('a', {});
    expect(run.status('b')).toBe('FAILED');
    expect(run.state.error).toMatchObject({ code: 'TEMPLATE_ERROR', node_id: 'b' });
    expect(events.at(-1)).not.toHaveProperty('dead_letter');
    expect(run.dispatched).toHaveLength(1);
  });

  it('in a condition fail the node', () => {
    const run = new ExecutionRun(compiled([task('a'), task('b', ['a'], { when: 'a.output.n > 1' })]));
    run.trigger();
    run.succeed('a', { n: 'many' });
    expect(run.state.error).toMatchObject({ code: 'TEMPLATE_ERROR', node_id: 'b' });
  });

  it('may be tolerated', () => {
    const run = new ExecutionRun(
      compiled([
        task('a'),
        control('b', 'transform', ['a'], { config: { n: '${a.output.x.y}' }, on_failure: 'continue' }),
        task('c', ['b'], { config: { why: '${b.error.code}' } }),
      ]),
    );
    run.trigger();
    run.succeed('a', {});
    expect(run.dispatched.at(-1)).toMatchObject({ nodeId: 'c', config: { why: 'TEMPLATE_ERROR' } });
  });

  it('in the output fail the execution, without blaming a node', () => {
    const run = new ExecutionRun(compiled([task('a')], { output: { n: '${a.output.x.y}' } }));
    run.trigger();
    run.succeed('a', {});
    expect(run.status('a')).toBe('COMPLETED');
    expect(run.state).toMatchObject({ status: 'FAILED', error: { code: 'TEMPLATE_ERROR' } });
    expect(run.state.error).not.toHaveProperty('node_id');
  });
});

describe('the output', () => {
  it('is the template, resolved', () => {
    const run = new ExecutionRun(
      compiled([task('a'), task('b', [], { when: 'false' })], {
        output: { total: '${a.output.n + 1}', b: '${b.status}', who: '${input.who}' },
      }),
    );
    run.trigger({ who: 'Ada' });
    run.succeed('a', { n: 41 });
    expect(run.state.output).toEqual({ total: 42, b: 'SKIPPED', who: 'Ada' });
  });

  it('is by default what the nodes gave that nobody depends on', () => {
    const run = new ExecutionRun(
      compiled([task('a'), task('b', ['a']), task('c', ['a'], { when: 'false' }), task('d', ['a'])]),
    );
    run.trigger();
    run.succeed('a', 1);
    run.succeed('d', 3);
    run.succeed('b', null);
    expect(run.state.output).toEqual({ b: null, d: 3 });
  });
});
