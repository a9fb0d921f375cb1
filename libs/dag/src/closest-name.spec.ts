import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { closestName } from './index';

/** The oracle: optimal string alignment, straight from its recurrence. */
function distance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const [restA, restB] = [a.slice(0, -1), b.slice(0, -1)];
  const same = a.at(-1) === b.at(-1);
  if (same) return distance(restA, restB);
  const swapped = a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1);
  return Math.min(
    distance(restA, restB) + 1,
    distance(restA, b) + 1,
    distance(a, restB) + 1,
    swapped ? distance(a.slice(0, -2), b.slice(0, -2)) + 1 : Infinity,
  );
}

describe('closestName', () => {
  it.each<[string, string[], string | undefined]>([
    ['chrage', ['price', 'charge', 'change'], 'charge'],
    ['Charge', ['charge'], 'charge'],
    ['user-id', ['user_id'], 'user_id'],
    ['fetchUser', ['fetch_user', 'fetch_users'], 'fetch_user'],
    ['htpp', ['http', 'llm'], 'http'],
    ['stock', ['price', 'quota'], undefined],
    ['ab', ['xy'], undefined],
    ['a', ['b'], undefined],
    ['', ['a'], undefined],
    ['a', [], undefined],
  ])('%p among %p', (name, candidates, expected) => {
    expect(closestName(name, candidates)).toBe(expected);
  });

  it('is never farther than any other candidate', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 7 });
    fc.assert(
      fc.property(word, fc.array(word, { maxLength: 6 }), (name, candidates) => {
        const limit = Math.min(3, Math.ceil(name.length / 3));
        const others = candidates.filter((candidate) => candidate !== name);
        const near = others.filter((candidate) => {
          const d = distance(name, candidate);
          return d <= limit && d < Math.max(name.length, candidate.length);
        });
        const best = Math.min(...near.map((candidate) => distance(name, candidate)));
        const expected = near.find((candidate) => distance(name, candidate) === best);
        expect(closestName(name, candidates)).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('gives up when its budget is spent, and draws on a shared one', () => {
    const budget = { left: 10_000 };
    const candidates = Array.from({ length: 100_000 }, (_, i) => `candidate-${i}`);
    expect(closestName('candidate-99999x', candidates, budget)).toBeUndefined();
    expect(closestName('candidate', ['candidates'], budget)).toBeUndefined();
    expect(closestName('candidate', ['candidates'])).toBe('candidates');
  });

  it('does not search for names of absurd length', () => {
    expect(closestName('x'.repeat(10_000_000), ['x'.repeat(10_000_000 - 1)])).toBeUndefined();
  });
});
