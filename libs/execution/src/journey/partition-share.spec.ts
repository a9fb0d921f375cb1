import { describe, expect, it } from '@jest/globals';

import { InMemoryPartitionLeases } from '../in-memory/in-memory-partition-leases';
import { systemClock } from '../in-memory/system';
import { silentLog } from '../ports/log';
import { PartitionShare } from './partition-share';

describe("a process's share of the partitions", () => {
  it('grows at once when another process leaves, also when the clock was set back', async () => {
    let now = Date.now();
    const clock = { ...systemClock, now: () => now };
    const ports = { leases: new InMemoryPartitionLeases(clock), clock, log: silentLog };
    const shareOf = (owner: string): PartitionShare =>
      new PartitionShare('test', ports, { owner, partitions: 4, leaseMs: 60_000 });
    const [staying, leaving] = [shareOf('staying'), shareOf('leaving')];
    await leaving.keep();
    await staying.keep();
    expect(staying.leases()).toHaveLength(0);

    await leaving.release();
    now -= 600_000;
    await staying.keep();
    expect(staying.leases()).toHaveLength(4);
  });
});
