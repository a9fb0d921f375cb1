import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { HeldHandler, aborted, echo } from '../../testing/engines';
import { LEASE_MS, RolesUnderTest, heldTask } from '../../testing/roles';
import { task } from '../../testing/workflows';
import { UnavailableError } from '../errors';

describe('workers', () => {
  let roles: RolesUnderTest;
  beforeEach(() => void (roles = new RolesUnderTest()));
  afterEach(() => roles.stop());

  it('that die with a task lose it to another, as another delivery', async () => {
    roles.orchestrator('o');
    roles.reaper();
    const id = await roles.begun([heldTask('a')]);
    await roles.clock.advance(10);
    const dead = await roles.hot.tasks.claim({ worker: 'dead', queues: ['default'], limit: 1, waitMs: 0 });
    expect(dead).toHaveLength(1);
    const held = new HeldHandler();
    await roles.worker('alive', [held]);
    await roles.clock.advance(3 * LEASE_MS);
    (await held.call()).succeed('alive');
    await roles.clock.advance(10);
    expect((await roles.api.status(id)).status).toBe('COMPLETED');
    expect((await roles.api.node(id, 'a')).attempts).toMatchObject([
      { attempt: 1, deliveries: 2, worker: 'alive' },
    ]);
  });

  it('that come back from the dead may win, and then nobody runs it any more', async () => {
    roles.orchestrator('o');
    roles.reaper();
    const id = await roles.begun([heldTask('a')]);
    await roles.clock.advance(10);
    const [claimed] = await roles.hot.tasks.claim({
      worker: 'zombie',
      queues: ['default'],
      limit: 1,
      waitMs: 0,
    });
    const held = new HeldHandler();
    await roles.worker('alive', [held]);
    await roles.clock.advance(3 * LEASE_MS);
    const running = await held.call();
    const outcome = { type: 'TaskSucceeded', executionId: id, nodeId: 'a', attempt: 1 } as const;
    await roles.hot.tasks.settle('zombie', [
      {
        receipt: claimed?.receipt ?? '',
        outcome: { ...outcome, output: 'zombie', report: { worker: 'zombie' } },
      },
    ]);
    await roles.clock.advance(10);
    await aborted(running.context.signal);
    running.succeed('alive');
    await roles.clock.advance(10);
    expect((await roles.api.results(id)).outputs.get('a')).toBe('zombie');
  });

  it('whose claim was lost stop the handler and keep its outcome to themselves', async () => {
    roles.orchestrator('o');
    const held = new HeldHandler();
    await roles.worker('w', [held]);
    const id = await roles.begun([heldTask('a')]);
    await roles.clock.advance(10);
    const call = await held.call();
    await roles.hot.tasks.reclaimStalled(0, 10);
    await roles.clock.advance(LEASE_MS);
    expect(call.context.signal.aborted).toBe(true);
    call.succeed('mine?');
    (await held.call(2)).succeed('yours');
    await roles.clock.advance(10);
    expect((await roles.api.results(id)).outputs.get('a')).toBe('yours');
  });

  it('that stop hand running tasks to others, as the same delivery', async () => {
    roles.orchestrator('o');
    const [first, second] = [new HeldHandler(), new HeldHandler()];
    const leaving = await roles.worker('leaving', [first], { graceMs: 1000 });
    const id = await roles.begun([heldTask('a'), heldTask('b')]);
    await roles.clock.advance(10);
    const [slow, quick] = [await first.call(1), await first.call(2)];
    await roles.worker('staying', [second]);
    const stopping = leaving.stop();
    quick.succeed('within grace');
    await roles.clock.advance(999);
    expect(slow.context.signal.aborted).toBe(false);
    await roles.clock.advance(1);
    await stopping;
    expect(slow.context.signal.aborted).toBe(true);
    (await second.call()).succeed('handed over');
    await roles.clock.advance(10);
    expect((await roles.api.status(id)).status).toBe('COMPLETED');
    expect(second.calls).toHaveLength(1);
    expect((await roles.api.node(id, 'a')).attempts).toMatchObject([{ deliveries: 1, worker: 'staying' }]);
  });

  it('deliver outcomes whatever a listener does', async () => {
    roles.orchestrator('o');
    const onTaskRun = (): void => {
      throw new Error('no metrics today');
    };
    await roles.worker('w', [echo], { onTaskRun });
    const id = await roles.begun([task('a', [], { handler: 'echo' })]);
    await roles.clock.advance(10);
    expect((await roles.api.status(id)).status).toBe('COMPLETED');
    expect(roles.errors).toEqual(['a listener of task runs failed']);
  });

  it('deliver outcomes when the queue is back', async () => {
    roles.orchestrator('o');
    const id = await roles.begun([task('a', [], { handler: 'echo' })]);
    let refusals = 3;
    const settle = roles.hot.tasks.settle.bind(roles.hot.tasks);
    roles.hot.tasks.settle = async (...settled) => {
      if (refusals-- > 0) throw new UnavailableError('away');
      return settle(...settled);
    };
    await roles.worker('w', [echo]);
    await roles.clock.advance(LEASE_MS);
    expect((await roles.api.status(id)).status).toBe('COMPLETED');
  });
});
