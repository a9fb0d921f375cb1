import { describe, expect, it } from '@jest/globals';
import { UnavailableError } from '@workflow-engine/execution';

import { MicroBatcher } from './micro-batcher';

/** Doubles numbers; notes its batches; holds each flush until told. */
function aBatcher({
  maxWeight = 100,
  flush = async (items: readonly number[]) => items.map((n) => n * 2),
} = {}) {
  const batches: (readonly number[])[] = [];
  const gates: (() => void)[] = [];
  const batcher = new MicroBatcher<number, number>({
    maxWeight,
    weigh: (n) => n,
    async flush(items) {
      batches.push(items);
      await new Promise<void>((resolve) => gates.push(resolve));
      return flush(items);
    },
  });
  /** Lets the flush under way end, and the next one begin. */
  const release = async (): Promise<void> => {
    while (gates.length === 0) await new Promise((resolve) => setImmediate(resolve));
    gates.shift()?.();
  };
  return { batcher, batches, release };
}

describe('MicroBatcher', () => {
  it('flushes what came in one turn together, and at once', async () => {
    const { batcher, batches, release } = aBatcher();
    const results = Promise.all([1, 2, 3].map((n) => batcher.add(n)));
    await release();

    expect(await results).toEqual([2, 4, 6]);
    expect(batches).toEqual([[1, 2, 3]]);
  });

  it('gathers what comes while a flush is under way', async () => {
    const { batcher, batches, release } = aBatcher();
    const first = batcher.add(1);
    await new Promise((resolve) => setImmediate(resolve));
    const later = Promise.all([2, 3, 4].map((n) => batcher.add(n)));
    await release();
    expect(await first).toBe(2);
    await release();

    expect(await later).toEqual([4, 6, 8]);
    expect(batches).toEqual([[1], [2, 3, 4]]);
  });

  it('starts again after it was idle', async () => {
    const { batcher, batches, release } = aBatcher();
    for (const n of [1, 2]) {
      const result = batcher.add(n);
      await release();
      expect(await result).toBe(n * 2);
    }
    expect(batches).toEqual([[1], [2]]);
  });

  it('cuts batches by weight; what is too heavy by itself goes alone', async () => {
    const { batcher, batches, release } = aBatcher({ maxWeight: 10 });
    const results = Promise.all([4, 6, 1, 50, 9].map((n) => batcher.add(n)));
    for (let flush = 0; flush < 4; flush++) await release();

    expect(await results).toEqual([8, 12, 2, 100, 18]);
    expect(batches).toEqual([[4, 6], [1], [50], [9]]);
  });

  it('lets one item’s fault hit nobody else', async () => {
    const { batcher, batches, release } = aBatcher({
      async flush(items) {
        if (items.includes(2)) throw new RangeError('no twos');
        return items.map((n) => n * 2);
      },
    });
    const results = Promise.allSettled([1, 2, 3].map((n) => batcher.add(n)));
    for (let flush = 0; flush < 4; flush++) await release();

    expect(await results).toEqual([
      { status: 'fulfilled', value: 2 },
      { status: 'rejected', reason: expect.any(RangeError) },
      { status: 'fulfilled', value: 6 },
    ]);
    expect(batches).toEqual([[1, 2, 3], [1], [2], [3]]);
  });

  it('fails all at once when the store is away, and goes on afterwards', async () => {
    let away = true;
    const { batcher, batches, release } = aBatcher({
      async flush(items) {
        if (away) throw new UnavailableError('gone');
        return items.map((n) => n * 2);
      },
    });
    const results = Promise.allSettled([1, 2, 3].map((n) => batcher.add(n)));
    await release();
    expect((await results).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);

    away = false;
    const next = batcher.add(4);
    await release();
    expect(await next).toBe(8);
    expect(batches).toEqual([[1, 2, 3], [4]]);
  });
});
