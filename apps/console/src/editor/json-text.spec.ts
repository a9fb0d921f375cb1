import { describe, expect, it } from '@jest/globals';

import { JsonPlaces, syntaxFault } from './json-text';

describe('syntaxFault', () => {
  it('says where a text stops being JSON', () => {
    expect(syntaxFault('{"a": [1, 2]}')).toBeUndefined();
    expect(syntaxFault('{"a": 1,}')).toEqual({
      from: 8,
      to: 9,
      message: 'A key in double quotes is expected here; a comma must not be the last.',
    });
    expect(syntaxFault('{"a" 1}')).toMatchObject({ from: 5, message: 'A ":" is expected here.' });
    expect(syntaxFault('')).toMatchObject({ from: 0, to: 0 });
    expect(syntaxFault("{'a': 1}")).toMatchObject({ from: 1 });
  });
});

describe('JsonPlaces', () => {
  const text = '{"a/b": {"~": [10, {"c": "x"}]}}';
  const places = new JsonPlaces(text);
  const textAt = (pointer: string, place?: 'key') => {
    const { from, to } = places.find(pointer, place);
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
    expect(new JsonPlaces('').find('/a')).toEqual({ from: 0, to: 0 });
  });

  it('knows the path of an offset', () => {
    expect(places.pathAt(text.indexOf('"x"') + 1)).toEqual(['a/b', '~', 1, 'c']);
    expect(places.pathAt(text.length + 5)).toEqual([]);
  });
});
