import { describe, expect, it } from '@jest/globals';
import { checkJson } from './index';

describe('checkJson', () => {
  it.each([null, 1, 'x', [], {}, { a: [{ b: '🎉' }] }])('finds nothing wrong with %j', (value) => {
    expect(checkJson(value)).toEqual([]);
  });

  it('tells every fault with its place', () => {
    const value: unknown = { a: ['\0', Infinity], 'b/c': new Date(0), d: undefined };
    expect(checkJson(value).map(({ code, pointer }) => `${code} ${pointer}`)).toEqual([
      'INVALID_TEXT /a/0',
      'INVALID_NUMBER /a/1',
      'WRONG_TYPE /b~1c',
      'WRONG_TYPE /d',
    ]);
  });

  it('tells of nesting that would need the stack elsewhere', () => {
    const deep: unknown = JSON.parse('['.repeat(10_000) + ']'.repeat(10_000));
    expect(checkJson(deep)).toMatchObject([{ code: 'TOO_DEEP' }]);
  });
});
