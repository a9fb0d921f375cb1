import { describe, expect, it } from '@jest/globals';

import { syntaxFault } from './syntax-fault';

describe('syntaxFault', () => {
  it('says where a text stops being JSON', () => {
    expect(syntaxFault('{"a": [1, 2]}')).toBeUndefined();
    expect(syntaxFault('{"a": 1,}')).toEqual({
      from: 8,
      to: 9,
      message: 'a key in double quotes is expected here; a comma must not be the last',
    });
    expect(syntaxFault('{"a" 1}')).toMatchObject({ from: 5, message: 'a ":" is expected here' });
    expect(syntaxFault('[1, ]')).toMatchObject({
      message: 'a value is expected here; a comma must not be the last',
    });
    expect(syntaxFault('')).toEqual({
      from: 0,
      to: 0,
      message: 'the text is empty; a JSON object is expected here',
    });
    expect(syntaxFault('{"a": }')).toMatchObject({ from: 6, message: 'a value is expected here' });
    expect(syntaxFault("{'a': 1}")).toMatchObject({ from: 1 });
    expect(syntaxFault('{"a": 1} // so')).toMatchObject({ from: 9, message: 'JSON has no comments' });
  });
});
