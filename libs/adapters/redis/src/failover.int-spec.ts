import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UnavailableError } from '@workflow-engine/execution';
import { aBatch } from '@workflow-engine/execution/testing';

import { EngineUnderTest } from './testing/engine-under-test';
import { Replication, sentinelUrl } from './testing/failovers';
import { type HotPortsUnderTest, hotPortsOn } from './testing/hot-ports-under-test';

const PARTITIONS = 4;
const WIDTH = 4;
const LONG_MS = 60_000;
const dag = {
  nodes: [
    { id: 'start', handler: 'work' },
    ...Array.from({ length: WIDTH }, (_, i) => ({ id: `w${i}`, handler: 'work', dependencies: ['start'] })),
    { id: 'end', handler: 'work', dependencies: Array.from({ length: WIDTH }, (_, i) => `w${i}`) },
  ],
};

describe('an engine under load, when a Sentinel makes the replica the master', () => {
  let replication: Replication;
  let hot: HotPortsUnderTest;
  let engine: EngineUnderTest;
  let load: Load;

  beforeEach(async () => {
    replication = await Replication.settled();
    hot = await hotPortsOn(sentinelUrl, { partitions: PARTITIONS });
    engine = new EngineUnderTest(hot, { partitions: PARTITIONS, worker: { concurrency: 256 } });
    await engine.start();
    await engine.api.register({ name: 'diamond', dag });
    load = new Load(engine);
    // A Sentinel takes its time before it tells a former master that it is none.
  }, 60_000);
  afterEach(async () => {
    try {
      await load.stop();
      await engine.stop();
    } finally {
      await hot.close();
      replication.close();
    }
  });

  const timelines = (): Promise<readonly number[]> =>
    Promise.all(
      Array.from({ length: PARTITIONS }, async (_, partition) => {
        const { timeline, isResumed } = await hot.store.progress(partition);
        return isResumed ? timeline : 0;
      }),
    );

  async function expectGoesOn(before: readonly number[]): Promise<void> {
    await load.accepts(50);
    const ids = await load.stop();
    const journals = await engine.finished(ids, 60_000);
    for (const journal of journals.values()) {
      expect(journal.map(({ seq }) => seq)).toEqual(journal.map((_, index) => index + 1));
      expect(journal.at(-1)?.type).toBe('ExecutionCompleted');
      const completed = journal.flatMap((event) => (event.type === 'NodeCompleted' ? [event.node_id] : []));
      expect(completed).toHaveLength(dag.nodes.length);
      expect(new Set(completed).size).toBe(dag.nodes.length);
    }
    // Every partition was verified by whoever owns it now, or nothing of it would have been claimed.
    const after = await timelines();
    for (const [partition, timeline] of before.entries()) expect(after[partition]).toBeGreaterThan(timeline);
  }

  it('loses nothing accepted though the replica was behind, and the former master comes back', async () => {
    await load.accepts(50);
    await replication.cutOffReplica();
    await load.accepts(50);
    const before = await timelines();
    const lost = await replication.failover(() => {
      replication.master.signal('SIGSTOP');
      replication.replica.signal('SIGCONT');
    });
    expect(lost).toBeGreaterThan(0);
    await load.accepts(10);
    replication.master.signal('SIGCONT');
    await expectGoesOn(before);
  }, 120_000);

  it('goes on after a kill -9 of the master, and no lease of before counts', async () => {
    await load.accepts(50);
    const before = await timelines();
    const others = await hotPortsOn(sentinelUrl, { partitions: 1 });
    const old = await others.leases.acquire(0, 'old', LONG_MS);
    if (old === undefined) throw new Error('nobody else has this lease');
    expect(await others.store.resume(old, 0)).toBe('resumed');
    await replication.failover(() => replication.master.signal('SIGKILL'));

    expect(await others.leases.renew([old], 'old', LONG_MS)).toEqual([]);
    expect(await others.store.progress(0)).toMatchObject({ isResumed: false });
    const next = await others.leases.acquire(0, 'next', LONG_MS);
    expect(next?.epoch).toBeGreaterThan(old.epoch);
    expect(await others.store.commit(old, aBatch({ turn: 1 }))).toBe('fenced');
    await others.close();
    await expectGoesOn(before);
  }, 120_000);
});

/** Starts executions one after the other; what fails to start is tried again, as a client would. */
class Load {
  private readonly ids: string[] = [];
  private readonly done: Promise<void>;
  private isOver = false;
  private onAccepted = (): void => undefined;

  constructor(private readonly engine: EngineUnderTest) {
    this.done = this.run();
  }

  /** Resolves when so many more were accepted. */
  async accepts(more: number): Promise<void> {
    const enough = this.ids.length + more;
    while (this.ids.length < enough) await new Promise<void>((resolve) => (this.onAccepted = resolve));
  }

  /** Returns what was accepted. */
  async stop(): Promise<readonly string[]> {
    this.isOver = true;
    await this.done;
    return this.ids;
  }

  private async run(): Promise<void> {
    for (let n = 0; !this.isOver; n++) {
      const request = { input: {}, idempotencyKey: `key-${n}` };
      for (let isAccepted = false; !isAccepted;) {
        try {
          const [started] = await this.engine.api.start('diamond', [request]);
          if (started !== undefined) this.ids.push(started.execution.id);
          isAccepted = true;
          this.onAccepted();
        } catch (error) {
          if (!(error instanceof UnavailableError)) throw error;
        }
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
