import { describe, expect, it } from '@jest/globals';
import { ProblemError } from '@workflow-engine/client';
import type { ProblemFault } from '@workflow-engine/contracts';

import { failureOf } from './failure-report';

/** As the engine refuses an input. */
function refusedInput(detail: string, faults: readonly (readonly [pointer: string, message: string])[]) {
  const errors: ProblemFault[] = faults.map(([pointer, message]) => ({ code: 'TYPE', pointer, message }));
  return new ProblemError({
    type: 'urn:workflow-engine:problem:invalid_input',
    title: 'Invalid input',
    status: 400,
    detail,
    code: 'INVALID_INPUT',
    errors,
    request_id: 'r',
  });
}

describe('the report of a refusal', () => {
  it('says a single fault once, with its place', () => {
    const failure = failureOf(
      refusedInput('One fault: It must be a number.', [['/input/n', 'It must be a number.']]),
    );
    expect(failure).toMatchObject({
      message: 'One fault at /input/n: It must be a number.',
      advice: expect.stringContaining('--input'),
      exitCode: 1,
    });
  });

  it('lists several', () => {
    const failure = failureOf(
      refusedInput('2 faults: It is no number.', [
        ['', 'It is no number.'],
        ['/m', 'Add it.'],
      ]),
    );
    expect(failure?.message).toBe('2 faults: It is no number.\n  (body): It is no number.\n  /m: Add it.');
  });
});
