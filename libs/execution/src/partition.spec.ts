import { describe, expect, it } from '@jest/globals';

import { uuidV7Ids } from './in-memory/system';
import { partitionOf, partitionedIds } from './partition';

const PARTITIONS = 16;
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('ids of executions', () => {
  it('are in one partition when they are created together, as many as an entry carries', () => {
    const created = partitionsOf(Array.from({ length: 120 }, () => 0));
    for (const together of [created.slice(0, 50), created.slice(50, 100), created.slice(100)])
      expect(new Set(together).size).toBe(1);
  });

  it('are spread over all partitions, over time', () => {
    const created = partitionsOf(Array.from({ length: 1000 }, (_, index) => index * 10));
    expect(new Set(created).size).toBe(PARTITIONS);
  });

  it('do not wait for a clock that was set back', () => {
    const created = partitionsOf(Array.from({ length: 1000 }, (_, index) => -index * 20));
    expect(new Set(created).size).toBe(PARTITIONS);
  });

  it('are distinct UUIDs of version 7', () => {
    const created = ids(Array.from({ length: 5000 }, () => 0));
    expect(new Set(created).size).toBe(created.length);
    expect(created.filter((id) => !UUID_V7.test(id))).toEqual([]);
  });
});

/** Created one after the other, at these times since 2026. */
function ids(times: readonly number[]): readonly string[] {
  let now = 0;
  const clock = { now: () => now, sleep: () => Promise.resolve() };
  const generator = partitionedIds(uuidV7Ids(clock, Math.random), clock, PARTITIONS);
  return times.map((time) => {
    now = Date.UTC(2026, 0) + time;
    return generator.next();
  });
}

function partitionsOf(times: readonly number[]): readonly number[] {
  return ids(times).map((id) => partitionOf(id, PARTITIONS));
}
