import { describe, expect, it } from '@jest/globals';

import { durationClassOf, durationOf, quantileOf } from './duration-classes';

describe('classes of durations', () => {
  it('tell a duration within a tenth, from milliseconds to years', () => {
    for (let ms = 100; ms < 1e12; ms = Math.ceil(ms * 1.013)) {
      expect(Math.abs(durationOf(durationClassOf(ms)) / ms - 1)).toBeLessThan(0.1);
    }
    expect([0, 0.4, 1, 2].map((ms) => durationOf(durationClassOf(ms)))).toEqual([0, 0, 1, 2]);
  });

  it('keep the order of durations', () => {
    const durations = [0, 1, 2, 3, 10, 13, 1_000, 5_000, 1e9];
    const classes = durations.map(durationClassOf);
    expect([...classes].sort((a, b) => a - b)).toEqual(classes);
    expect(new Set(classes).size).toBe(classes.length);
  });

  it('tell quantiles', () => {
    const fast = durationClassOf(100);
    const slow = durationClassOf(9_000);
    const counts = new Map([
      [slow, 6],
      [fast, 94],
    ]);
    expect(quantileOf(counts, 0.5)).toBe(durationOf(fast));
    expect(quantileOf(counts, 0.94)).toBe(durationOf(fast));
    expect(quantileOf(counts, 0.95)).toBe(durationOf(slow));
    expect(quantileOf(counts, 1)).toBe(durationOf(slow));
    expect(quantileOf(new Map([[0, 1]]), 0.5)).toBe(0);
  });
});
