import { describe, expect, it } from '@jest/globals';

import { simulate } from './simulation';

const SEEDS = 200;
const FIRST_SEED = 1;
const BATCH = 50;
/** Of a batch. About half of what is usual: where nothing runs, nothing is broken either. */
const [LEAST_EXECUTIONS, LEAST_COMPLETED] = [100, 50];

describe('the whole engine, whatever goes wrong', () => {
  it.each(Array.from({ length: SEEDS / BATCH }, (_, index) => FIRST_SEED + index * BATCH))(
    `keeps its promises: ${BATCH} seeds from %d on`,
    async (first) => {
      const broken: string[] = [];
      let [allExecutions, allCompleted] = [0, 0];
      for (let seed = first; seed < first + BATCH; seed++) {
        const { faults, executions, completed } = await simulate(seed);
        allExecutions += executions;
        allCompleted += completed;
        for (const fault of faults) broken.push(`${fault} (npm run simulate -- --seed ${seed} --trace)`);
      }
      expect(broken).toEqual([]);
      expect(allExecutions).toBeGreaterThan(LEAST_EXECUTIONS);
      expect(allCompleted).toBeGreaterThan(LEAST_COMPLETED);
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
