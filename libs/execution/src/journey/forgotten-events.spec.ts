import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { PARTITIONS, LEASE_MS, RolesUnderTest } from '../../testing/roles';
import { HotServer } from '../../testing/simulation/hot-server';
import { task, workflowOf } from '../../testing/workflows';
import type { HotPorts } from '../embedded/in-memory-hot-ports';
import { InMemoryArchiveOutbox } from '../in-memory/in-memory-archive-outbox';
import type { ClaimedTask } from '../ports/task-queue';
import { createEngineApi } from './create-engine-api';
import type { EngineApi } from './engine-api';

describe('what the hot store has forgotten', () => {
  let roles: RolesUnderTest;
  let server: HotServer;
  let hot: HotPorts;
  let api: EngineApi;

  beforeEach(() => {
    roles = new RolesUnderTest();
    server = new HotServer(roles.clock, PARTITIONS);
    const { leases, archiveLeases, stream, store, tasks, feed, workers } = server;
    hot = {
      leases,
      archiveLeases,
      stream,
      store,
      tasks,
      feed,
      workers,
      outbox: new InMemoryArchiveOutbox(server.outbox),
    };
    api = createEngineApi(roles.ports(hot));
  });
  afterEach(() => roles.stop());

  async function begun(onUncertain: 'retry' | 'park'): Promise<string> {
    const { id } = await api.submit(workflowOf([task('a', [], { on_uncertain: onUncertain })]));
    await api.trigger(id, {});
    await roles.clock.advance(1000);
    return id;
  }

  async function claimed(): Promise<ClaimedTask> {
    const [one] = await hot.tasks.claim({ worker: 'w', queues: ['default'], limit: 1, waitMs: 0 });
    if (one === undefined) throw new Error('there is no task');
    return one;
  }

  /** Without waiting for what only time brings about. */
  async function answerOf<T>(asked: Promise<T>): Promise<T> {
    const settled = asked.catch(() => undefined);
    await roles.clock.advance(3000);
    await settled;
    return asked;
  }

  it('is not seen any more by those who have seen it', async () => {
    roles.orchestrator('o', hot);
    const archiver = roles.archiver(hot);
    const id = await begun('retry');
    await archiver.stop();
    const { task: open, receipt } = await claimed();
    const outcome = { type: 'TaskSucceeded', ...open, output: 1, report: {} } as const;
    await hot.tasks.settle('w', [{ receipt, outcome }]);
    await roles.clock.advance(1000);
    expect((await api.status(id)).status).toBe('COMPLETED');

    server.stop();
    await roles.clock.advance(1);
    server.start(server.empty);
    await roles.clock.advance(5000);
    // The journal is as long as it was, and another one.
    const { executionId, nodeId, attempt } = (await claimed()).task;
    const startedAt = new Date(roles.clock.now()).toISOString();
    await hot.tasks.reportStarted([
      { type: 'TaskStarted', executionId, nodeId, attempt, worker: 'w', startedAt },
    ]);
    await roles.clock.advance(1000);
    const view = await api.status(id);
    expect(view.status).toBe('RUNNING');
    expect(view).toEqual(await createEngineApi(roles.ports(hot)).status(id));
  });

  it('does not take the letter of a parked task with it', async () => {
    const orchestrator = roles.orchestrator('o', hot);
    roles.archiver(hot);
    const id = await begun('park');
    const backup = server.backup();
    const { receipt } = await claimed();
    await hot.tasks.markStarted('w', [receipt]);
    await roles.clock.advance(LEASE_MS);
    await hot.tasks.reclaimStalled(LEASE_MS, 10);
    await roles.clock.advance(1000);
    await orchestrator.stop();
    server.stop();
    await roles.clock.advance(1);
    server.start(backup);
    const [letter] = (await api.deadLetters({ limit: 10 })).items;
    expect(letter).toMatchObject({ executionId: id, nodeId: 'a' });

    // Nobody has compared the store with the archive yet.
    const discarded = api.discardDeadLetter(letter?.id ?? '');
    await expect(answerOf(discarded)).rejects.toMatchObject({ code: 'DEAD_LETTER_NOT_FOUND' });
    roles.orchestrator('next', hot);
    await roles.clock.advance(5000);
    await answerOf(api.discardDeadLetter(letter?.id ?? ''));
    expect((await api.status(id)).status).toBe('FAILED');
  });
});
