import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ClaimedTask, PartitionLease, Task } from '@workflow-engine/execution';
import { partitionOf } from '@workflow-engine/execution';
import { aBatch, aLease, aTask, commitNext, newId } from '@workflow-engine/execution/testing';

import type { HotPortsUnderTest } from './testing/hot-ports-under-test';
import { hotPortsOn, servers } from './testing/hot-ports-under-test';
import { LONG_MS } from './testing/partition-under-test';

const PARTITIONS = 4;

describe.each(Object.entries(servers))('a worker that has waited for tasks, on %s', (_name, url) => {
  let hot: HotPortsUnderTest;
  let leases: PartitionLease[];

  beforeEach(async () => {
    hot = await hotPortsOn(url, { partitions: PARTITIONS });
    leases = [];
    for (let partition = 0; partition < PARTITIONS; partition++) leases.push(await aLease(hot, partition));
    await hot.tasks.claim({ worker: 'w', queues: ['default'], limit: 20, waitMs: 20 });
  });
  afterEach(() => hot.close());

  async function claim(limit: number): Promise<readonly ClaimedTask[]> {
    const request = { worker: 'w', queues: ['default'], limit, waitMs: LONG_MS };
    for (;;) {
      const claimed = await hot.tasks.claim(request);
      if (claimed.length > 0) return claimed;
    }
  }

  const names = (claimed: readonly ClaimedTask[]): string[] => claimed.map(({ task }) => task.nodeId);

  async function enqueue(nodeIds: readonly string[]): Promise<readonly Task[]> {
    const executionId = newId();
    const tasks = nodeIds.map((nodeId) => aTask({ executionId, nodeId }));
    await commit(executionId, aBatch({ tasks }));
    return tasks;
  }

  async function commit(executionId: string, batch: Parameters<typeof commitNext>[2]): Promise<void> {
    const lease = leases[partitionOf(executionId, PARTITIONS)];
    if (lease !== undefined) await commitNext(hot, lease, batch);
  }

  it('is not given what was revoked while it did something else', async () => {
    let tell: () => void = () => undefined;
    const told = new Promise<void>((resolve) => (tell = resolve));
    await hot.tasks.onRevoked(tell);
    const [unwanted] = await enqueue(['unwanted', 'wanted']);
    const { executionId = '', nodeId = '', attempt = 0 } = unwanted ?? {};
    await commit(executionId, aBatch({ revoked: [{ executionId, nodeId, attempt }] }));
    await told;
    expect(names(await claim(20))).toEqual(['wanted']);
  });

  it('takes what it has room for, and leaves the rest to others', async () => {
    const expected = Array.from({ length: 3 }, (_, packet) =>
      Array.from({ length: 50 }, (__, n) => `${packet}-${n}`),
    );
    for (const nodeIds of expected) await enqueue(nodeIds);
    const claimed: string[] = [];
    while (claimed.length < 150) {
      const some = names(await claim(10));
      expect(some.length).toBeLessThanOrEqual(10);
      claimed.push(...some);
    }
    expect(claimed.sort()).toEqual(expected.flat().sort());
  });
});
