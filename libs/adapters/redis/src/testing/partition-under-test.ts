import { expect } from '@jest/globals';
import type {
  ClaimRequest,
  ClaimedFollowUp,
  ClaimedTask,
  Command,
  CommitBatch,
  JournalEvent,
  OutboxBatch,
  PartitionLease,
  SettledTask,
  Task,
} from '@workflow-engine/execution';
import { partitionOf } from '@workflow-engine/execution';
import { aBatch, aTask, newId, succeeded } from '@workflow-engine/execution/testing';

import type { HotPortsUnderTest } from './hot-ports-under-test';

export const LONG_MS = 60_000;

/** One of two partitions, with one execution, and everybody who works on it. */
export class PartitionUnderTest {
  readonly executionId = newId();
  readonly partition: number;
  /** Of the last commit that was made up. */
  turn = 0;
  /** Of the last event that was made up. */
  seq = 0;

  constructor(private readonly hot: HotPortsUnderTest) {
    this.partition = partitionOf(this.executionId, hot.partitions);
  }

  async acquire(owner: string, partition = this.partition): Promise<PartitionLease> {
    const lease = await this.hot.leases.acquire(partition, owner, LONG_MS);
    if (lease === undefined) throw new Error(`${owner} does not get partition ${partition}`);
    return lease;
  }

  /** Both partitions may be worked on; the lease is that of the execution. */
  async begin(owner: string): Promise<PartitionLease> {
    const other = await this.acquire(owner, 1 - this.partition);
    const lease = await this.acquire(owner);
    expect(await this.hot.store.resume(other, this.turn)).toBe('resumed');
    expect(await this.hot.store.resume(lease, this.turn)).toBe('resumed');
    return lease;
  }

  /** The next turn: one event, and these tasks. */
  next(...nodeIds: string[]): CommitBatch {
    const { executionId } = this;
    return this.nextWith(nodeIds.map((nodeId) => aTask({ executionId, nodeId })));
  }

  /** The same with one task, after which another one may follow. */
  nextChain(nodeId: string, followUpId: string): CommitBatch {
    const { executionId } = this;
    const plan = { dependency: nodeId, queue: 'default', handler: 'work', config: {}, isTemplate: false };
    const followUps = [{ executionId, nodeId: followUpId, attempt: 1, plan }];
    const scope = { startedAt: new Date().toISOString(), input: {}, labels: {} };
    return this.nextWith([aTask({ executionId, nodeId, followUps, scope })]);
  }

  private nextWith(tasks: readonly Task[]): CommitBatch {
    const { executionId } = this;
    const at = new Date(1_760_000_000_000 + ++this.seq).toISOString();
    const event: JournalEvent = { seq: this.seq, at, type: 'ExecutionPaused' };
    const journals = [{ executionId, events: [event], terminal: false }];
    return aBatch({ turn: ++this.turn, journals, tasks });
  }

  request(waitMs: number): ClaimRequest {
    return { worker: 'w', queues: ['default'], limit: 100, waitMs };
  }

  async claim(waitMs = 0): Promise<readonly string[]> {
    return (await this.hot.tasks.claim(this.request(waitMs))).map(({ task }) => task.nodeId);
  }

  /** As soon as there are some: a wait may end early. */
  async claimSome(): Promise<readonly string[]> {
    const deadline = Date.now() + LONG_MS;
    let claimed: readonly string[] = [];
    while (claimed.length === 0 && Date.now() < deadline) claimed = await this.claim(LONG_MS);
    return claimed;
  }

  async settle(claimed: readonly ClaimedTask[]): Promise<void> {
    await this.settleAs(claimed, {});
  }

  /** Settles the tasks, and would go on; tells with which nodes. */
  async goOn(claimed: readonly ClaimedTask[]): Promise<readonly string[]> {
    const followUps = await this.settleAs(claimed, { goesOn: true });
    return followUps.map(({ followUp }) => followUp.nodeId);
  }

  private settleAs(
    claimed: readonly ClaimedTask[],
    how: Pick<SettledTask, 'goesOn'>,
  ): Promise<readonly ClaimedFollowUp[]> {
    return this.hot.tasks.settle(
      'w',
      claimed.map(({ receipt, task }) => ({ receipt, outcome: succeeded(task, 'done'), ...how })),
    );
  }

  async inbound(): Promise<readonly Command[]> {
    const after = new Map([[this.partition, undefined]]);
    const entries = await this.hot.stream.read({ after, limit: 1000, waitMs: 0 });
    return entries.flatMap(({ commands }) => commands);
  }

  take(): Promise<OutboxBatch> {
    return this.hot.outbox.take({ partitions: [this.partition], limit: 100, waitMs: 0 });
  }
}

export const positionsOf = ({ slices }: OutboxBatch): unknown => slices.map(({ position }) => position);
