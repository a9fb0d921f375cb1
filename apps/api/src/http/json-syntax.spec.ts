import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { findJsonFault, nestsDeeperThan } from './json-syntax';

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('nestsDeeperThan', () => {
  it('agrees with a count over the parsed value', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 6 }),
        fc.integer({ min: 0, max: 8 }),
        fc.boolean(),
        (value, limit, indent) => {
          const bytes = Buffer.from(JSON.stringify(value, null, indent ? 2 : 0));
          expect(nestsDeeperThan(bytes, limit)).toBe(depthOf(value) > limit);
        },
      ),
    );
  });

  it.each(['"', '"\\', '[[[', '}}}}', ''])('survives the fragment %j', (text) => {
    expect(nestsDeeperThan(Buffer.from(text), 5)).toBe(false);
  });

  it('looks at 16 MB in well under a second', () => {
    const bytes = Buffer.alloc(16 * 1_024 * 1_024, '[],');
    const start = performance.now();
    expect(nestsDeeperThan(bytes, 100)).toBe(false);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

describe('findJsonFault', () => {
  it('points at the place up to which the text could still become JSON', () => {
    const mutated = fc
      .tuple(
        fc.json({ maxDepth: 4 }),
        fc.nat(),
        fc.constantFrom('', ',', '}', ']', '"', "'", '\n', '\\', 'x', '1', ':'),
      )
      .map(([text, at, insert]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + insert + text.slice(place + 1);
      })
      .filter((text) => !isJson(text));
    fc.assert(
      fc.property(mutated, (text) => {
        const { offset, line, column } = findJsonFault(text);
        expect(offset).toBeGreaterThanOrEqual(0);
        expect(offset).toBeLessThanOrEqual(text.length);
        const before = text.slice(0, offset);
        expect(line).toBe(before.split('\n').length);
        expect(column).toBe(offset - (before.lastIndexOf('\n') + 1) + 1);
        // Nothing before the place is wrong: a text cut there fails because it ends, not before.
        if (offset > 0) expect(findJsonFault(before).offset).toBeGreaterThanOrEqual(offset);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['{"a":1,}', 7, 'a comma must not be the last'],
    ['[1,]', 3, 'a comma must not be the last'],
    ["{'a':1}", 1, 'double quotes'],
    ['{"a" 1}', 5, 'expected ":"'],
    ['[1 2]', 3, 'expected ","'],
    ['{"a":tru}', 5, 'unexpected "t"'],
    ['"a\nb"', 2, 'must be escaped'],
    ['"\\x"', 1, 'escape sequence'],
    ['"abc', 4, 'not closed'],
    ['[1]]', 3, 'more after the end'],
    ['[01]', 2, 'expected ","'],
    ['', 0, 'empty'],
    ['{"a":1}/*', 7, 'more after the end'],
    ['[/*', 1, 'comments are not allowed'],
  ])('explains %j', (text, offset, message) => {
    const fault = findJsonFault(text);
    expect(fault.offset).toBe(offset);
    expect(fault.message).toContain(message);
  });
});
