import { describe, expect, it } from '@jest/globals';

import { JsonSource } from './json-source';

describe('JsonSource', () => {
  const text = '{"a/b": {"~": [10, {"c": "x"}]}}';
  const source = new JsonSource(text);
  const textAt = (pointer: string, place?: 'key') => {
    const { from, to } = source.find(pointer, place);
    return text.slice(from, to);
  };

  it('finds values and keys by their pointers', () => {
    expect(textAt('')).toBe(text);
    expect(textAt('/a~1b/~0/0')).toBe('10');
    expect(textAt('/a~1b/~0/1/c')).toBe('"x"');
    expect(textAt('/a~1b/~0', 'key')).toBe('"~"');
  });

  it('finds the closest thing around what is not there', () => {
    expect(textAt('/a~1b/~0/1/gone/deeper')).toBe('{"c": "x"}');
    expect(new JsonSource('').find('/a')).toEqual({ from: 0, to: 0 });
  });

  it('finds the key when that is what a fault is about', () => {
    const pointer = '/a~1b/~0';
    expect(source.findFault({ code: 'UNKNOWN_FIELD', pointer })).toEqual(source.find(pointer, 'key'));
    const code = 'WRONG_TYPE';
    expect(source.findFault({ code, pointer: '/a~1b/~0/0' })).toEqual(source.find('/a~1b/~0/0'));
  });

  it('marks the first character of an object or a list that is wrong', () => {
    const { from } = source.find('/a~1b/~0');
    expect(source.findFault({ code: 'WRONG_TYPE', pointer: '/a~1b/~0' })).toEqual({ from, to: from + 1 });
    expect(source.findFault({ code: 'MISSING', pointer: '' })).toEqual({ from: 0, to: 1 });
  });

  it('has the value of broken text as far as it goes', () => {
    expect(new JsonSource('{"a": [1, {"b": ').value()).toEqual({ a: [1, {}] });
    expect(new JsonSource('').value()).toBeUndefined();
  });

  it('knows the path of an offset', () => {
    expect(source.pathAt(text.indexOf('"x"') + 1)).toEqual(['a/b', '~', 1, 'c']);
    expect(source.pathAt(text.length + 5)).toEqual([]);
  });
});
