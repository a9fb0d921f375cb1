import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { ArchiveOutbox, OutboxBatch } from '../src/ports/archive-outbox';
import { newId } from './builders';
import { LONG_MS, Writers, aBatch, aSlice } from './hot-ports';
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
        .flatMap(({ events }) => events.map(({ seq }) => seq));

    /** Until nothing is left. */
    async function takeAll(limit: number): Promise<readonly OutboxBatch[]> {
      const batches: OutboxBatch[] = [];
      for (;;) {
        const batch = await outbox.take(limit, 0);
        if (batch.slices.length === 0) return batches;
        expect(batch.slices.length).toBeLessThanOrEqual(limit);
        batches.push(batch);
      }
    }

    it('hands out what was committed, as it was', async () => {
      const id = newId();
      await note(id, 1, 3);
      await note(id, 4, 4, true);
      const batch = await outbox.take(10, 0);
      expect(batch.slices).toEqual([aSlice(id, 1, 3), aSlice(id, 4, 4, true)]);
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
      const batches = await Promise.all(Array.from({ length: 10 }, () => outbox.take(3, 0)));
      const taken = batches.flatMap(({ slices }) => slices.map(({ executionId }) => executionId));
      expect(new Set(taken).size).toBe(taken.length);
      expect(taken.sort()).toEqual([...ids].sort());
    });

    it('forgets what is confirmed, and only that', async () => {
      const [first, second] = [newId(), newId()];
      await note(first, 1, 1);
      const archived = await outbox.take(10, 0);
      await note(second, 1, 1);
      expect(await outbox.lag()).toBe(2);
      await outbox.confirm(archived);
      expect(await outbox.lag()).toBe(1);
      expect(positions(await takeAll(10), second)).toEqual([1]);
    });

    it('may be confirmed twice', async () => {
      await note(newId(), 1, 1);
      const batch = await outbox.take(10, 0);
      await outbox.confirm(batch);
      await outbox.confirm(batch);
      expect(await outbox.lag()).toBe(0);
    });

    it('counts what is with somebody as not archived', async () => {
      await note(newId(), 1, 1);
      await outbox.take(10, 0);
      expect(await outbox.lag()).toBe(1);
    });

    it('hands out again what was given back, before what came later', async () => {
      const id = newId();
      await note(id, 1, 2);
      await note(id, 3, 3);
      const batch = await outbox.take(10, 0);
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
      const batches = [await outbox.take(2, 0), await outbox.take(2, 0)];
      for (const index of order) await outbox.giveBack(batches[index] ?? { slices: [], receipts: [] });
      const again = await takeAll(10);
      expect(positions(again, id)).toEqual([1, 2, 3, 4, 5, 6]);
      for (const batch of again) await outbox.confirm(batch);
      expect(await outbox.lag()).toBe(0);
    });

    it('has nothing to do for an empty batch', async () => {
      const empty = await outbox.take(10, 0);
      expect(empty.slices).toEqual([]);
      await outbox.confirm(empty);
      await outbox.giveBack(empty);
      expect(await outbox.lag()).toBe(0);
    });

    describe('a taker that waits', () => {
      it('is woken by a commit', async () => {
        const id = newId();
        const taking = outbox.take(10, LONG_MS);
        await fixture.advance(20);
        await note(id, 1, 1);
        expect((await taking).slices).toEqual([aSlice(id, 1, 1)]);
      });

      it('gets nothing when nothing came in time, or its signal aborts', async () => {
        const late = outbox.take(10, 50);
        await fixture.advance(200);
        expect((await late).slices).toEqual([]);
        const abort = new AbortController();
        const aborted = outbox.take(10, LONG_MS, abort.signal);
        await fixture.advance(20);
        abort.abort();
        expect((await aborted).slices).toEqual([]);
      });
    });
  });
}
