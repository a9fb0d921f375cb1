import { createRequire } from 'node:module';

import { describe, expect, it } from '@jest/globals';

interface Fault {
  readonly code: string;
  readonly pointer: string;
}
interface Expectation {
  readonly differences: (expected: unknown, actual: unknown, known?: { executionId: string }) => string[];
  readonly faultDifferences: (
    expected: readonly (Fault & { readonly says?: readonly string[] })[],
    actual: readonly (Fault & { readonly message: string })[],
  ) => string[];
}

/** What every payload is judged by has to be able to say no. */
const { differences, faultDifferences } = createRequire(__filename)(
  '../../../tools/acceptance/expectation.cjs',
) as Expectation;

describe('differences', () => {
  it.each([
    [{ a: [1, { b: null }] }, { a: [1, { b: null }] }],
    [{ $type: 'string' }, 'text'],
    [{ id: { $match: '^charge-\\d+$' } }, { id: 'charge-12' }],
    [{ $gte: 3 }, 3],
    [{ $size: 2 }, ['a', 'b']],
    [{ $contains: { a: 1 } }, { a: 1, b: 2 }],
    ['$execution_id', 'the-id'],
  ])('%j fits %j', (expected, actual) => {
    expect(differences(expected, actual, { executionId: 'the-id' })).toEqual([]);
  });

  it.each([
    [{ a: 1 }, { a: 2 }, '.a'],
    [{ a: 1 }, {}, '.a'],
    [{ a: 1 }, { a: 1, b: 2 }, '.b'],
    [[1, 2], [1], '2 entries'],
    [null, 0, 'null'],
    ['1', 1, '"1"'],
    [{ $type: 'array' }, {}, 'array'],
    [{ $match: '^x' }, 'yx', '^x'],
    [{ $gte: 3 }, 2, 'at least 3'],
    [{ $size: 2 }, 'abc', '2 entries'],
    [{ $contains: { a: { b: 1 } } }, { a: { b: 2 } }, '.a.b'],
    [{ $contains: { a: 1 } }, undefined, 'object'],
    ['$execution_id', 'another', 'the-id'],
  ])('%j does not fit %j', (expected, actual, told) => {
    const problems = differences(expected, actual, { executionId: 'the-id' });
    expect(problems).toEqual([expect.stringContaining(told)]);
  });
});

describe('faultDifferences', () => {
  const cycle = { code: 'CYCLE', pointer: '/dag', message: 'a -> b -> a' };

  it('takes the faults in any order', () => {
    const other = { code: 'NO_NODES', pointer: '', message: '' };
    expect(faultDifferences([{ ...cycle, says: ['a -> b'] }, other], [other, cycle])).toEqual([]);
  });

  it.each([
    ['a missing one', [cycle], [], 'is missing'],
    ['one at another place', [{ ...cycle, pointer: '/name' }], [cycle], '/name'],
    ['one that says something else', [{ ...cycle, says: ['c'] }], [cycle], 'saying "c"'],
    ['one too many', [], [cycle], 'was not expected'],
    ['one told twice', [cycle], [cycle, cycle], 'was not expected'],
  ])('tells %s', (_what, expected, actual, told) => {
    expect(faultDifferences(expected, actual)[0]).toContain(told);
  });
});
