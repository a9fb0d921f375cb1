import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, type Json } from './index';

describe('canonicalJson', () => {
  it('sorts keys at every level and leaves arrays alone', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }, 'x'], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1},"x"]}');
    expect(canonicalJson([[], {}, [[]]])).toBe('[[],{},[[]]]');
    expect(canonicalJson('é"\n')).toBe('"é\\"\\n"');
    expect(canonicalJson(-0)).toBe('0');
    expect(canonicalJson(1e21)).toBe('1e+21');
  });

  it('sorts by UTF-16 code units, as RFC 8785 asks (its own example)', () => {
    const keys = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6'];
    const text = canonicalJson(Object.fromEntries(keys.map((key) => [key, 0])));
    expect(Object.keys(JSON.parse(text) as object)).toEqual([
      '1',
      '\r',
      '\u0080',
      '\u00f6',
      '\u20ac',
      '\ud83d\ude00',
      '\ufb33',
    ]);
  });

  it('is JSON of the same value, whatever order the keys came in', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as Json;
        const text = canonicalJson(plain);
        expect(JSON.parse(text)).toEqual(plain);
        expect(canonicalJson(reversed(plain))).toBe(text);
      }),
    );
  });

  it('sorts many keys as it sorts few', () => {
    const keys = Array.from({ length: 50 }, (_, i) => `k${(i * 7) % 50}`);
    const text = canonicalJson(Object.fromEntries(keys.map((key) => [key, key])));
    expect(text).toBe(
      `{${[...keys]
        .sort()
        .map((key) => `"${key}":"${key}"`)
        .join(',')}}`,
    );
  });

  it('keeps a key named __proto__', () => {
    expect(canonicalJson(JSON.parse('{"b":1,"__proto__":{"x":1}}') as Json)).toBe(
      '{"__proto__":{"x":1},"b":1}',
    );
  });

  it('does not need the stack for nesting', () => {
    const levels = 5_000;
    const text = '{"k":['.repeat(levels) + ']}'.repeat(levels);
    expect(canonicalJson(JSON.parse(text) as Json)).toBe(text);
  });
});

function reversed(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(reversed);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}
