import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { partitionOf } from '../src/partition';
import type { ExecutionFeed } from '../src/ports/execution-feed';
import type { JournalSlice } from '../src/ports/execution-store';
import { newId } from './builders';
import { Recorder, Writers, aBatch, aLease, aSlice } from './hot-ports';
import type { HotPortsFixture, HotPortsSetup } from './hot-ports';

export function describeExecutionFeedContract(adapter: string, setup: HotPortsSetup): void {
  describe(`ExecutionFeed: ${adapter}`, () => {
    let fixture: HotPortsFixture;
    let feed: ExecutionFeed;
    let writers: Writers;

    beforeEach(async () => {
      fixture = await setup();
      ({ feed } = fixture);
      writers = new Writers(fixture);
    }, 60_000);
    afterEach(() => fixture.close());

    const happen = (id: string, from: number, to: number, terminal = false): Promise<void> =>
      writers.commit(id, aBatch({ journals: [aSlice(id, from, to, terminal)] }));

    it('tells of one execution what is committed, in order, and nothing of others', async () => {
      const [id, other] = [newId(), newId()];
      const recorder = new Recorder<JournalSlice>();
      await feed.subscribe(id, recorder.listen);
      await happen(id, 1, 2);
      await happen(other, 1, 5);
      await happen(id, 3, 3, true);
      expect(await recorder.atLeast(2)).toEqual([aSlice(id, 1, 2), aSlice(id, 3, 3, true)]);
    });

    it('tells of all executions', async () => {
      const ids = Array.from({ length: 10 }, newId);
      const recorder = new Recorder<JournalSlice>();
      await feed.subscribe(undefined, recorder.listen);
      for (const id of ids) await happen(id, 1, 1);
      const seen = await recorder.atLeast(ids.length);
      expect(seen.map(({ executionId }) => executionId).sort()).toEqual([...ids].sort());
    });

    it('tells each of many subscribers', async () => {
      const id = newId();
      const recorders = Array.from({ length: 3 }, () => new Recorder<JournalSlice>());
      for (const recorder of recorders) await feed.subscribe(id, recorder.listen);
      await happen(id, 1, 1);
      for (const recorder of recorders) expect(await recorder.atLeast(1)).toEqual([aSlice(id, 1, 1)]);
    });

    it('tells nothing of before, and nothing more after an unsubscription', async () => {
      const id = newId();
      const [leaving, staying] = [new Recorder<JournalSlice>(), new Recorder<JournalSlice>()];
      await happen(id, 1, 1);
      const unsubscribe = await feed.subscribe(id, leaving.listen);
      await feed.subscribe(id, staying.listen);
      await happen(id, 2, 2);
      await leaving.atLeast(1);
      await unsubscribe();
      await unsubscribe();
      await happen(id, 3, 3);
      await staying.atLeast(2);
      expect(leaving.seen).toEqual([aSlice(id, 2, 2)]);
    });

    it('may be subscribed to again', async () => {
      const id = newId();
      const recorder = new Recorder<JournalSlice>();
      const unsubscribe = await feed.subscribe(id, () => undefined);
      await unsubscribe();
      await feed.subscribe(id, recorder.listen);
      await happen(id, 1, 1);
      expect(await recorder.atLeast(1)).toHaveLength(1);
    });

    it('does not tell what was fenced off', async () => {
      const id = newId();
      const recorder = new Recorder<JournalSlice>();
      await feed.subscribe(id, recorder.listen);
      const lease = await aLease(fixture, partitionOf(id, fixture.partitions));
      const stale = { ...lease, epoch: lease.epoch - 1 };
      await fixture.store.commit(stale, aBatch({ journals: [aSlice(id, 1, 1)] }));
      await fixture.store.commit(lease, aBatch({ journals: [aSlice(id, 1, 2)] }));
      expect(await recorder.atLeast(1)).toEqual([aSlice(id, 1, 2)]);
    });
  });
}
