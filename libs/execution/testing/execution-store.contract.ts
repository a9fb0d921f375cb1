import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { newId } from './builders';
import { describeCommit } from './execution-store/commit';
import { describeFencing } from './execution-store/fencing';
import { describeProgress } from './execution-store/progress';
import { describeTimers } from './execution-store/timers';
import { Writers, aBatch, aSlice, takeFrom } from './hot-ports';
import type { HotPortsFixture, HotPortsSetup } from './hot-ports';

export function describeExecutionStoreContract(adapter: string, setup: HotPortsSetup): void {
  describe(`ExecutionStore: ${adapter}`, () => {
    let fixture: HotPortsFixture;

    beforeEach(async () => {
      fixture = await setup();
    }, 60_000);
    afterEach(() => fixture.close());

    const current = (): HotPortsFixture => fixture;
    describeCommit(current);
    describeFencing(current);
    describeProgress(current);
    describeTimers(current);

    describe('once its journal is archived', () => {
      it('an execution may be forgotten when it is terminal, and goes on when it is retried', async () => {
        const { outbox, store } = fixture;
        const writers = new Writers(fixture);
        const id = newId();
        await writers.commit(id, aBatch({ journals: [aSlice(id, 1, 4, true)] }));
        await outbox.confirm(await takeFrom(fixture, 10, 0));
        const kept = await store.read(id, 0);
        expect(kept ?? aSlice(id, 1, 4).events).toEqual(aSlice(id, 1, 4).events);

        await writers.commit(id, aBatch({ journals: [aSlice(id, 5, 6)] }));
        expect(await store.read(id, 4)).toEqual(aSlice(id, 5, 6).events);
        expect((await store.read(id, 0))?.at(-1)?.seq).toBe(6);
      });

      it('an execution that is not terminal stays', async () => {
        const { outbox, store } = fixture;
        const id = newId();
        await new Writers(fixture).commit(id, aBatch({ journals: [aSlice(id, 1, 4)] }));
        await outbox.confirm(await takeFrom(fixture, 10, 0));
        expect(await store.read(id, 3)).toEqual(aSlice(id, 4, 4).events);
      });

      it('of an older end, an execution that was retried stays', async () => {
        const { outbox, store } = fixture;
        const writers = new Writers(fixture);
        const id = newId();
        await writers.commit(id, aBatch({ journals: [aSlice(id, 1, 4, true)] }));
        const older = await takeFrom(fixture, 10, 0);
        await writers.commit(id, aBatch({ journals: [aSlice(id, 5, 6)] }));
        await outbox.confirm(older);
        expect((await store.read(id, 4))?.map(({ seq }) => seq)).toEqual([5, 6]);
      });
    });
  });
}
