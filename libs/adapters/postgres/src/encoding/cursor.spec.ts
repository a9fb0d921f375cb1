import { describe, expect, it } from '@jest/globals';
import { InvalidCursorError } from '@workflow-engine/execution';

import { decodeCursor, encodeCursor, isCreationKey } from './cursor';

const key = ['2026-01-01T00:00:00.000Z', '01890a5d-ac96-774b-bcce-b302099a8057'] as const;

describe('a cursor', () => {
  it('gives its key back', () => {
    expect(decodeCursor('executions', encodeCursor('executions', key), isCreationKey)).toEqual(key);
  });

  it('needs no escaping in a URL', () => {
    expect(encodeCursor('names', ['ä?/&+~\u{1f600}'.repeat(10)])).toMatch(/^[\w-]+$/);
  });

  it.each([
    ['another list', encodeCursor('unfinished', key)],
    ['a number for a time', encodeCursor('executions', [1, key[1]])],
    ['a time of no calendar', encodeCursor('executions', ['2026-02-30T00:00:00.000Z', key[1]])],
    ['no id', encodeCursor('executions', [key[0], 'x'])],
    ['too little', encodeCursor('executions', [key[0]])],
    ['too much', encodeCursor('executions', [...key, 1])],
    ['an object', Buffer.from('{"0":"executions"}').toString('base64url')],
    ['null', Buffer.from('null').toString('base64url')],
    ['deep nesting', Buffer.from('['.repeat(100_000)).toString('base64url')],
  ])('is refused with %s in it', (_, cursor) => {
    expect(() => decodeCursor('executions', cursor, isCreationKey)).toThrow(InvalidCursorError);
  });
});
