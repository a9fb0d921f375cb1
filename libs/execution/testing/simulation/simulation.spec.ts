import { describe, expect, it } from '@jest/globals';

import { simulate } from './simulation';

const SEEDS = 200;
const FIRST_SEED = 1;

describe('the whole engine, whatever goes wrong', () => {
  it.each(Array.from({ length: SEEDS / 50 }, (_, index) => FIRST_SEED + index * 50))(
    'keeps its promises: 50 seeds from %d on',
    async (first) => {
      const broken: string[] = [];
      for (let seed = first; seed < first + 50; seed++) {
        const { faults } = await simulate(seed);
        for (const fault of faults) broken.push(`${fault} (npm run simulate -- --seed ${seed} --trace)`);
      }
      expect(broken).toEqual([]);
    },
    120_000,
  );

  it('happens the same way every time', async () => {
    const [once, again]: string[][] = [[], []];
    for (const seed of [3, 15, 77]) {
      await simulate(seed, (line) => once?.push(line));
      await simulate(seed, (line) => again?.push(line));
    }
    expect(once?.length).toBeGreaterThan(1000);
    expect(again).toEqual(once);
  }, 60_000);
});
