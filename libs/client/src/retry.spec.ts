import { describe, expect, it } from '@jest/globals';
import { type Problem, PROBLEM_STATUS, type ProblemCode } from '@workflow-engine/contracts';

import { ConnectionError, ProblemError } from './errors';
import { delayAfter, retryAfterMs, sleep } from './retry';

const options = { maxAttempts: 4, initialDelayMs: 100, maxDelayMs: 1_000 };
const lost = new ConnectionError('http://engine', 'it is gone', { refused: false });

function problem(code: ProblemCode, afterMs?: number): ProblemError {
  const document: Problem = {
    type: 'about:blank',
    title: code,
    status: PROBLEM_STATUS[code],
    detail: code,
    code,
    errors: [],
    request_id: '1',
  };
  return new ProblemError(document, afterMs);
}

describe('delayAfter', () => {
  it('grows, and ends with the last attempt', () => {
    const delays = [1, 2, 3].map((attempt) => delayAfter(lost, attempt, options) ?? NaN);
    expect(delays.map((delay, index) => delay >= 50 * 2 ** index && delay <= 100 * 2 ** index)).toEqual([
      true,
      true,
      true,
    ]);
    expect(delayAfter(lost, 4, options)).toBeUndefined();
  });

  it('is at least what the engine asks for, and gives up when that is too long', () => {
    expect(delayAfter(problem('UNAVAILABLE', 900), 1, options)).toBeGreaterThanOrEqual(900);
    expect(delayAfter(problem('RATE_LIMITED', 1_001), 1, options)).toBeUndefined();
  });

  it('is none when another try would be refused as well', () => {
    expect(delayAfter(problem('INVALID_DEFINITION'), 1, options)).toBeUndefined();
    expect(delayAfter(problem('WRONG_STATE'), 1, options)).toBeUndefined();
  });
});

describe('retryAfterMs', () => {
  it.each([
    ['7', 7_000],
    ['Thu, 01 Jan 1970 00:00:05 GMT', 4_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['soon', undefined],
    [null, undefined],
  ])('reads %p', (header, ms) => {
    expect(retryAfterMs(header, 1_000)).toBe(ms);
  });
});

describe('sleep', () => {
  it('ends with the reason of its signal', async () => {
    const stop = new AbortController();
    const sleeping = sleep(1_000_000, stop.signal);
    stop.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
    await expect(sleep(1_000_000, stop.signal)).rejects.toThrow('enough');
  });
});
