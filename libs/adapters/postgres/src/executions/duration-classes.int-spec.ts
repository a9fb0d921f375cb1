import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { onPostgres, type TestDatabase } from '../testing/databases';
import { durationClassOf, durationOf, quantileOf } from './duration-classes';

describe('classes of durations', () => {
  let opened: TestDatabase;

  beforeAll(async () => {
    opened = await onPostgres();
  }, 60_000);
  afterAll(() => opened.close());

  async function classesOf(durations: readonly number[]): Promise<readonly number[]> {
    const rows = await opened.database.query<{ found: number }>(
      `SELECT ${durationClassOf('ms')} AS found FROM unnest($1::float8[]) WITH ORDINALITY AS t (ms, n) ORDER BY n`,
      [durations],
    );
    return rows.map(({ found }) => found);
  }

  it('tell a duration within a tenth, from milliseconds to years', async () => {
    const durations: number[] = [];
    for (let ms = 100; ms < 1e12; ms = Math.ceil(ms * 1.013)) durations.push(ms);
    const told = (await classesOf(durations)).map(durationOf);
    expect(Math.max(...durations.map((ms, n) => Math.abs((told[n] ?? 0) / ms - 1)))).toBeLessThan(0.1);
    expect((await classesOf([-5, 0, 0.4, 1, 2])).map(durationOf)).toEqual([0, 0, 0, 1, 2]);
  });

  it('keep the order of durations', async () => {
    const classes = await classesOf([0, 1, 2, 3, 10, 13, 1_000, 5_000, 1e9]);
    expect([...classes].sort((a, b) => a - b)).toEqual(classes);
    expect(new Set(classes).size).toBe(classes.length);
  });

  it('tell quantiles', () => {
    const [fast, slow] = [27, 53];
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
