import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { ArchiveOutbox, OutboxBatch } from '../src/ports/archive-outbox';
import { newId } from './builders';
import {
  LONG_MS,
  Writers,
  aBatch,
  aSlice,
  commitNext,
  newExecutionIn,
  slicesOf,
  takeFrom,
} from './hot-ports';
import type { HotPortsFixture, HotPortsSetup } from './hot-ports';

export function describeArchiveOutboxContract(adapter: string, setup: HotPortsSetup): void {
  describe(`ArchiveOutbox: ${adapter}`, () => {
    let fixture: HotPortsFixture;
    let outbox: ArchiveOutbox;
    let writers: Writers;

    beforeEach(async () => {
      fixture = await setup();
      ({ outbox } = fixture);
      writers = new Writers(fixture);
    }, 60_000);
    afterEach(() => fixture.close());

    const note = (id: string, from: number, to: number, terminal = false): Promise<void> =>
      writers.commit(id, aBatch({ journals: [aSlice(id, from, to, terminal)] }));

    /** Positions of one execution, in the order they were handed out. */
    const positions = (batches: readonly OutboxBatch[], id: string): readonly number[] =>
      batches
        .flatMap(({ slices }) => slices)
        .filter(({ executionId }) => executionId === id)
        .flatMap(({ section }) => section.events.map(({ seq }) => seq));

    /** Until nothing is left. */
    async function takeAll(limit: number): Promise<readonly OutboxBatch[]> {
      const batches: OutboxBatch[] = [];
      for (;;) {
        const batch = await takeFrom(fixture, limit, 0);
        if (batch.slices.length === 0) return batches;
        expect(batch.slices.length).toBeLessThanOrEqual(limit);
        batches.push(batch);
      }
    }

    it('hands out what was committed, as it was', async () => {
      const id = newId();
      await note(id, 1, 3);
      await note(id, 4, 4, true);
      const batch = await takeFrom(fixture, 10, 0);
      expect(slicesOf(batch)).toEqual([aSlice(id, 1, 3), aSlice(id, 4, 4, true)]);
    });

    it('keeps the order of each execution, whatever the limit', async () => {
      const ids = Array.from({ length: 5 }, newId);
      for (let seq = 1; seq <= 6; seq++) for (const id of ids) await note(id, seq, seq);
      const batches = await takeAll(4);
      for (const id of ids) expect(positions(batches, id)).toEqual([1, 2, 3, 4, 5, 6]);
    });

    it('hands nothing out twice while it is with somebody', async () => {
      const ids = Array.from({ length: 20 }, newId);
      for (const id of ids) await note(id, 1, 1);
      const batches: OutboxBatch[] = [];
      while (batches.length < 10) batches.push(await takeFrom(fixture, 3));
      const taken = batches.flatMap(({ slices }) => slices.map(({ executionId }) => executionId));
      expect(new Set(taken).size).toBe(taken.length);
      expect(taken.sort()).toEqual([...ids].sort());
    });

    it('forgets what is confirmed, and only that', async () => {
      const [first, second] = [newId(), newId()];
      await note(first, 1, 1);
      const archived = await takeFrom(fixture, 10, 0);
      await note(second, 1, 1);
      expect(await outbox.lag()).toBe(2);
      await outbox.confirm(archived);
      expect(await outbox.lag()).toBe(1);
      expect(positions(await takeAll(10), second)).toEqual([1]);
    });

    it('forgets what it has of partitions that it is not asked for', async () => {
      const [kept, forgotten] = [0, 1].map((partition) => newExecutionIn(partition, fixture.partitions));
      if (kept === undefined || forgotten === undefined) throw new Error('two ids');
      for (const id of [kept, forgotten]) await note(id, 1, 1);
      const both = { partitions: [0, 1], limit: 10, waitMs: 0 };
      expect((await outbox.take(both)).slices).toHaveLength(2);
      expect(await outbox.take({ partitions: [0], limit: 0, waitMs: 0 })).toMatchObject({ slices: [] });
      expect(slicesOf(await outbox.take(both))).toEqual([aSlice(forgotten, 1, 1)]);
    });

    it('may be confirmed twice', async () => {
      await note(newId(), 1, 1);
      const batch = await takeFrom(fixture, 10, 0);
      await outbox.confirm(batch);
      await outbox.confirm(batch);
      expect(await outbox.lag()).toBe(0);
    });

    it('counts what is with somebody as not archived', async () => {
      await note(newId(), 1, 1);
      await takeFrom(fixture, 10, 0);
      expect(await outbox.lag()).toBe(1);
    });

    it('hands out again what was given back, before what came later', async () => {
      const id = newId();
      await note(id, 1, 2);
      await note(id, 3, 3);
      const batch = await takeFrom(fixture, 10, 0);
      await note(id, 4, 4);
      await outbox.giveBack(batch);
      expect(positions(await takeAll(2), id)).toEqual([1, 2, 3, 4]);
    });

    it.each([
      ['in their order', [0, 1]],
      ['the other way round', [1, 0]],
    ])('keeps the order of an execution when two batches are given back %s', async (_name, order) => {
      const id = newId();
      for (let seq = 1; seq <= 6; seq++) await note(id, seq, seq);
      const batches = [await takeFrom(fixture, 2, 0), await takeFrom(fixture, 2, 0)];
      for (const index of order) await outbox.giveBack(batches[index] ?? { slices: [], receipts: [] });
      const again = await takeAll(10);
      expect(positions(again, id)).toEqual([1, 2, 3, 4, 5, 6]);
      for (const batch of again) await outbox.confirm(batch);
      expect(await outbox.lag()).toBe(0);
    });

    it('has nothing to do for an empty batch', async () => {
      const empty = await takeFrom(fixture, 10, 0);
      expect(empty.slices).toEqual([]);
      await outbox.confirm(empty);
      await outbox.giveBack(empty);
      expect(await outbox.lag()).toBe(0);
    });

    it('hands out the partitions that are asked for, and says of each slice where it is from', async () => {
      const ids = [0, 1, 2].map((partition) => newExecutionIn(partition, fixture.partitions));
      for (const id of [...ids, ...ids]) await note(id, 1, 1);
      const { slices } = await outbox.take({ partitions: [0, 2], limit: 10, waitMs: 0 });
      const places = await Promise.all(
        [0, 2].map(async (partition) => ({ partition, ...(await fixture.store.progress(partition)) })),
      );
      const expected = places.flatMap(({ partition, timeline }) =>
        [1, 2].map((turn) => ({ executionId: ids[partition], position: { partition, timeline, turn } })),
      );
      const found = slices.map(({ executionId, position }) => ({ executionId, position }));
      expect(found.sort((a, b) => a.position.partition - b.position.partition)).toEqual(expected);
    });

    it('hands out what is left of a timeline as the next one’s, to who begins again', async () => {
      const id = newExecutionIn(0, fixture.partitions);
      const first = await fixture.leases.acquire(0, 'first', LONG_MS);
      if (first === undefined) throw new Error('the partition is free');
      await fixture.store.resume(first, 0);
      for (const seq of [1, 2])
        await commitNext(fixture, first, aBatch({ journals: [aSlice(id, seq, seq)] }));
      await outbox.confirm(await takeFrom(fixture, 1));
      const batch = await takeFrom(fixture, 10);
      const second = await fixture.leases.acquire(0, 'first', LONG_MS);
      if (second === undefined) throw new Error('the owner may have it again');
      await fixture.store.resume(second, 2);
      await outbox.giveBack(batch);
      const again = await takeFrom(fixture, 10);
      expect(slicesOf(again)).toEqual([aSlice(id, 2, 2)]);
      expect(again.slices[0]?.position).toEqual({ partition: 0, timeline: second.epoch, turn: 2 });
    });

    describe('a taker that waits', () => {
      it('is woken by a commit', async () => {
        const id = newId();
        const taking = takeFrom(fixture, 10, LONG_MS);
        await fixture.advance(20);
        await note(id, 1, 1);
        expect(slicesOf(await taking)).toEqual([aSlice(id, 1, 1)]);
      });

      it('gets nothing when nothing came in time, or its signal aborts', async () => {
        const late = takeFrom(fixture, 10, 50);
        await fixture.advance(200);
        expect((await late).slices).toEqual([]);
        const abort = new AbortController();
        const aborted = takeFrom(fixture, 10, LONG_MS, abort.signal);
        await fixture.advance(20);
        abort.abort();
        expect((await aborted).slices).toEqual([]);
      });
    });
  });
}
