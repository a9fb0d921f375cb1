import { describe, expect, it } from '@jest/globals';

import { ExecutionRun } from '../../testing/execution-run';
import { compiled, task } from '../../testing/workflows';
import { replay } from './evolve';

const once = { retry: { max_attempts: 1 } };

describe('running an execution again from a node', () => {
  /** a -> b -> d, a -> c -> d */
  const diamond = (): ExecutionRun => {
    const run = new ExecutionRun(
      compiled(
        [
          task('a'),
          task('b', ['a'], { ...once, config: { of: '${a.output}' } }),
          task('c', ['a'], once),
          task('d', ['b', 'c'], once),
        ],
        { timeout: 60 },
      ),
    );
    run.trigger();
    run.succeed('a', 'A');
    return run;
  };
  const completed = (): ExecutionRun => {
    const run = diamond();
    for (const id of ['b', 'c', 'd']) run.succeed(id, `first ${id}`);
    expect(run.state.status).toBe('COMPLETED');
    return run;
  };

  it('takes that node and what is downstream of it; the other outputs stay and are used', () => {
    const run = completed();
    run.pass(100_000);
    const [event] = run.rerun('b');
    expect(event).toMatchObject({ type: 'ExecutionRetried', node_ids: ['b'] });
    expect(run.statuses()).toEqual({ a: 'COMPLETED', b: 'SCHEDULED', c: 'COMPLETED', d: 'PENDING' });
    expect(run.outputs()).toEqual({ a: 'A', c: 'first c' });
    expect(run.state).toMatchObject({ status: 'RUNNING', output: null, finishedAt: undefined });
    expect(run.task('b')).toMatchObject({ attempt: 2, config: { of: 'A' } });
    run.succeed('b', 'second b');
    run.succeed('d', 'second d');
    expect(run.state).toMatchObject({ status: 'COMPLETED', output: { d: 'second d' } });
    expect(replay(ExecutionRun.ID, run.workflow, run.journal)).toStrictEqual(run.state);
  });

  it('gives the nodes all their tries, and the execution its whole time again', () => {
    const run = completed();
    run.rerun('a');
    expect(run.succeed('a', 'late', 1)).toEqual([]);
    run.fail('a', { retryable: true });
    expect(run.status('a')).toBe('WAITING');
    run.pass(60_000);
    expect(run.state.status).toBe('TIMED_OUT');
  });

  it('goes on from what failed elsewhere, which would end it again at once', () => {
    const run = diamond();
    run.succeed('c', 'first c');
    run.fail('b');
    const [event] = run.rerun('c');
    expect(event).toMatchObject({ node_ids: ['c', 'b'] });
    expect(run.statuses()).toEqual({ a: 'COMPLETED', b: 'SCHEDULED', c: 'SCHEDULED', d: 'PENDING' });
  });

  it('leaves alone a failure that it had coped with', () => {
    const run = new ExecutionRun(
      compiled([task('a', [], once), task('b'), task('c', ['a', 'b'], { join: 'all_done' })]),
    );
    run.trigger();
    run.fail('a');
    run.succeed('b');
    run.succeed('c');
    expect(run.state.status).toBe('COMPLETED');
    expect(run.rerun('b')[0]).toMatchObject({ node_ids: ['b'] });
    expect(run.statuses()).toEqual({ a: 'FAILED', b: 'SCHEDULED', c: 'PENDING' });
  });

  it('goes on where it was cancelled, too', () => {
    const run = diamond();
    run.succeed('c');
    run.send({ type: 'Cancel' });
    run.rerun('c');
    expect(run.statuses()).toEqual({ a: 'COMPLETED', b: 'SCHEDULED', c: 'SCHEDULED', d: 'PENDING' });
  });

  it('happens once, however often it is asked for', () => {
    const run = completed();
    const endSeq = run.state.seq;
    run.rerun('d');
    expect(run.send({ type: 'Rerun', nodeId: 'd', endSeq })).toEqual([]);
    run.succeed('d', 'second');
    expect(run.send({ type: 'Rerun', nodeId: 'd', endSeq })).toEqual([]);
    expect(run.state.output).toEqual({ d: 'second' });
  });

  it('is for executions that have ended, and for nodes that they have', () => {
    const run = new ExecutionRun(compiled([task('a')]));
    expect(run.rerun('a')).toEqual([]);
    run.trigger();
    expect(run.rerun('a')).toEqual([]);
    run.succeed('a');
    expect(run.rerun('z')).toEqual([]);
  });
});
