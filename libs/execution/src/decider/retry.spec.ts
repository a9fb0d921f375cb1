import type { RetryPolicy } from '@workflow-engine/dag';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { ExecutionRun } from '../../testing/execution-run';
import { compiled, task } from '../../testing/workflows';
import { backoffMs } from './retry';

function running(retry: RetryPolicy | undefined): ExecutionRun {
  const run = new ExecutionRun(
    compiled([task('a', [], retry === undefined ? {} : { retry }), task('b', ['a'])]),
  );
  run.trigger();
  return run;
}

/** Milliseconds before each next attempt, until none is left. */
function pauses(
  run: ExecutionRun,
  error: Parameters<ExecutionRun['fail']>[1] = { retryable: true },
): number[] {
  const found: number[] = [];
  while (run.openTasks().includes('a')) {
    run.fail('a', error);
    const timer = run.timers.get('a');
    if (timer === undefined) break;
    found.push(timer.dueAt - run.now);
    run.pass(timer.dueAt - run.now);
  }
  return found;
}

describe('retries', () => {
  it('back off exponentially up to the longest interval, then the execution fails', () => {
    const run = running({ max_attempts: 6, interval: 1, backoff_rate: 3, max_interval: 20, jitter: 'none' });
    expect(pauses(run)).toEqual([1000, 3000, 9000, 20_000, 20_000]);
    expect(run.attempt('a')).toBe(6);
    expect(run.state).toMatchObject({ status: 'FAILED', error: { code: 'BROKEN', node_id: 'a' } });
  });

  it.each([
    [0, 0],
    [0.25, 1000],
    [0.999, 3996],
  ])('jitter fully: chance %d of 4 s is %d ms', (random, expected) => {
    const run = running({ max_attempts: 2, interval: 4, jitter: 'full' });
    run.random = random;
    expect(pauses(run)).toEqual([expected]);
  });

  it('jitter fully unless told otherwise, three attempts in all', () => {
    const run = running(undefined);
    run.random = 0.5;
    expect(pauses(run)).toEqual([500, 1000]);
    expect(run.attempt('a')).toBe(3);
  });

  it('wait as long as the other side asks, an hour at most', () => {
    const policy: RetryPolicy = { max_attempts: 2, interval: 1, jitter: 'none' };
    const asking = (ms: number) => ({ retryable: true, details: { retry_after_ms: ms } });
    expect(pauses(running(policy), asking(7000))).toEqual([7000]);
    expect(pauses(running(policy), asking(10))).toEqual([1000]);
    expect(pauses(running(policy), asking(1e12))).toEqual([3_600_000]);
    expect(pauses(running(policy), asking(Number.NaN))).toEqual([1000]);
    expect(pauses(running(policy), { retryable: true, details: { retry_after_ms: 'soon' } })).toEqual([1000]);
  });

  it('are for errors that the handler marks, or that the policy names', () => {
    expect(pauses(running(undefined), { retryable: false })).toHaveLength(0);
    const named: RetryPolicy = { max_attempts: 2, retry_on: ['HTTP_5XX', 'TIMEOUT'] };
    expect(pauses(running(named), { code: 'TIMEOUT', retryable: false })).toHaveLength(1);
    expect(pauses(running(named), { code: 'OTHER', retryable: true })).toHaveLength(0);
    expect(pauses(running({ max_attempts: 2, retry_on: ['*'] }), { retryable: false })).toHaveLength(1);
    expect(pauses(running({ max_attempts: 2, retry_on: [] }), { retryable: true })).toHaveLength(0);
  });

  it('record who failed why and when it goes on, and run with the same config', () => {
    const run = new ExecutionRun(
      compiled([
        task('a', [], {
          retry: { max_attempts: 2, interval: 2, jitter: 'none' },
          config: { x: '${input.n}' },
        }),
      ]),
    );
    run.trigger({ n: 7 });
    const [scheduled] = run.fail('a', { retryable: true });
    expect(scheduled).toMatchObject({
      type: 'RetryScheduled',
      attempt: 1,
      error: { code: 'BROKEN' },
      due_at: new Date(run.now + 2000).toISOString(),
      worker: 'w',
    });
    expect(run.status('a')).toBe('WAITING');
    run.pass(2000);
    expect(run.dispatched.map(({ attempt, delivery, config }) => ({ attempt, delivery, config }))).toEqual([
      { attempt: 1, delivery: 1, config: { x: 7 } },
      { attempt: 2, delivery: 1, config: { x: 7 } },
    ]);
    expect(run.journal.findLast(({ type }) => type === 'NodeScheduled')).not.toHaveProperty('config');
    run.succeed('a', 'fine');
    expect(run.state.status).toBe('COMPLETED');
    expect(run.error('a')).toBeUndefined();
  });

  it('always wait a time that can be told, whatever the policy', () => {
    const plan = fc.record({
      maxAttempts: fc.constant(1000),
      intervalMs: fc.oneof(fc.constant(0), fc.nat(3.2e11)),
      backoffRate: fc.double({ min: 1, max: 1000, noNaN: true }),
      maxIntervalMs: fc.nat(3.2e11),
      fullJitter: fc.boolean(),
      retryOn: fc.constant(undefined),
    });
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(plan, fc.integer({ min: 1, max: 1000 }), random, (policy, used, chance) => {
        const ms = backoffMs(policy, used, { code: 'X', message: '', retryable: true }, chance);
        expect(Number.isInteger(ms)).toBe(true);
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThanOrEqual(policy.maxIntervalMs);
      }),
    );
  });
});
