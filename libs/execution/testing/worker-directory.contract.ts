import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { WorkerDescription } from '../src/ports/worker-directory';
import type { HotPortsFixture, HotPortsSetup } from './hot-ports';
import { LONG_MS } from './hot-ports';

const aWorker = (id: string, overrides: Partial<WorkerDescription> = {}): WorkerDescription => ({
  id,
  queues: ['default', 'gpu: "0"'],
  handlers: ['http', 'a:b/c'],
  concurrency: 64,
  running: 0,
  tasks: [],
  startedAt: '2026-01-31T08:00:00.000Z',
  ...overrides,
});

const busy: Partial<WorkerDescription> = {
  running: 7,
  tasks: [{ executionId: 'e', nodeId: 'n', handler: 'http', startedAt: '2026-01-31T08:00:01.000Z' }],
};

export function describeWorkerDirectoryContract(adapter: string, setup: HotPortsSetup): void {
  describe(`WorkerDirectory: ${adapter}`, () => {
    let fixture: HotPortsFixture;

    beforeEach(async () => {
      fixture = await setup();
    });
    afterEach(() => fixture.close());

    it('knows the workers that announced themselves, as they did it last', async () => {
      const { workers } = fixture;
      expect(await workers.list()).toEqual([]);

      await workers.announce(aWorker('b'), LONG_MS);
      await workers.announce(aWorker('a', { queues: [], handlers: [] }), LONG_MS);
      await workers.announce(aWorker('b', busy), LONG_MS);

      const seenAt = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+\.\d{3}Z$/);
      expect(await workers.list()).toEqual([
        { ...aWorker('a', { queues: [], handlers: [] }), seenAt },
        { ...aWorker('b', busy), seenAt },
      ]);
    });

    it('tells when a worker was last heard of', async () => {
      const { workers } = fixture;
      const seenAt = async (): Promise<number> => Date.parse((await workers.list())[0]?.seenAt ?? '');
      await workers.announce(aWorker('a'), LONG_MS);
      const first = await seenAt();
      await fixture.advance(50);
      expect(await seenAt()).toBe(first);
      await workers.announce(aWorker('a'), 2 * LONG_MS);
      expect(await seenAt()).toBeGreaterThanOrEqual(first + 40);
    });

    it('forgets a worker that is not heard of any more, and at once one that goes', async () => {
      const { workers } = fixture;
      const ids = async (): Promise<readonly string[]> => (await workers.list()).map(({ id }) => id);
      await workers.announce(aWorker('lost'), 50);
      await workers.announce(aWorker('gone'), LONG_MS);
      await workers.announce(aWorker('there'), LONG_MS);
      await workers.withdraw('gone');
      await workers.withdraw('never seen');
      await fixture.advance(100);
      expect(await ids()).toEqual(['there']);

      await workers.announce(aWorker('lost'), LONG_MS);
      expect(await ids()).toEqual(['lost', 'there']);
    });
  });
}
