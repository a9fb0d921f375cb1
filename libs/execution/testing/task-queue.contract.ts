import { afterEach, beforeEach, describe } from '@jest/globals';

import type { HotPortsFixture, HotPortsSetup } from './hot-ports';
import { describeClaims } from './task-queue/claims';
import { describeFollowUps } from './task-queue/follow-ups';
import { describeOutcomes } from './task-queue/outcomes';
import { describeStalled } from './task-queue/stalled';
import { describeStarts } from './task-queue/starts';

export function describeTaskQueueContract(adapter: string, setup: HotPortsSetup): void {
  describe(`TaskQueue: ${adapter}`, () => {
    let fixture: HotPortsFixture;

    beforeEach(async () => {
      fixture = await setup();
    }, 60_000);
    afterEach(() => fixture.close());

    const current = (): HotPortsFixture => fixture;
    describeClaims(current);
    describeOutcomes(current);
    describeFollowUps(current);
    describeStalled(current);
    describeStarts(current);
  });
}
