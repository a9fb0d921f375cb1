import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { HeldHandler, aborted } from '../../testing/engines';
import { LEASE_MS, RolesUnderTest, heldTask } from '../../testing/roles';
import { control } from '../../testing/workflows';
import { NotFoundError, UnavailableError } from '../errors';
import type { DeadLetter } from '../ports/dead-letters';
import type { ClaimedTask } from '../ports/task-queue';

describe('a task with an uncertain effect', () => {
  let roles: RolesUnderTest;
  let held: HeldHandler;
  beforeEach(() => {
    roles = new RolesUnderTest();
    held = new HeldHandler();
    roles.orchestrator('o');
    roles.reaper();
    roles.archiver();
  });
  afterEach(() => roles.stop());

  const charge = (on_uncertain: 'park' | 'fail' | 'retry') => [
    heldTask('charge', [], { on_uncertain }),
    control('done', 'output', ['charge']),
  ];

  const claimedBy = async (worker: string): Promise<readonly ClaimedTask[]> => {
    await roles.clock.advance(10);
    return roles.hot.tasks.claim({ worker, queues: ['default'], limit: 1, waitMs: 0 });
  };

  /** A worker that dies with the task, after it has begun or before. */
  async function lost({ begun }: { readonly begun: boolean }): Promise<void> {
    const receipts = (await claimedBy('dead')).map(({ receipt }) => receipt);
    expect(receipts).toHaveLength(1);
    if (begun) expect(await roles.hot.tasks.markStarted('dead', receipts)).toEqual([]);
    await roles.clock.advance(2 * LEASE_MS);
  }

  const nodeStatus = async (id: string): Promise<unknown> => (await roles.api.node(id, 'charge')).status;

  const letters = async (): Promise<readonly DeadLetter[]> =>
    (await roles.api.deadLetters({ limit: 10 })).items;

  async function onlyLetter(): Promise<DeadLetter> {
    const [letter, ...others] = await letters();
    if (letter === undefined || others.length > 0) throw new Error('one dead letter was expected');
    return letter;
  }

  /** People wait for the effect of what they ask for. */
  async function asked<T>(request: Promise<T>): Promise<T> {
    await roles.clock.advance(100);
    return request;
  }

  it('runs again by itself when it cannot have begun', async () => {
    const id = await roles.begun(charge('park'));
    for (let times = 0; times < 5; times++) await lost({ begun: false });
    await roles.worker('alive', [held]);
    await roles.clock.advance(10);
    (await held.call()).succeed();
    await roles.clock.advance(10);
    expect((await roles.api.status(id)).status).toBe('COMPLETED');
    expect(await roles.api.node(id, 'charge')).toMatchObject({ attempts: [{ attempt: 1, deliveries: 6 }] });
  });

  it('fails when its node says so', async () => {
    const id = await roles.begun(charge('fail'));
    await lost({ begun: true });
    expect(await roles.api.status(id)).toMatchObject({ status: 'FAILED', error: { code: 'UNCERTAIN' } });
    expect(await onlyLetter()).toMatchObject({ nodeId: 'charge', error: { code: 'UNCERTAIN' } });
  });

  it('waits as a dead letter when its node says so, until a person tries it again', async () => {
    await roles.begun(charge('park'));
    await lost({ begun: true });
    await roles.worker('alive', [held]);
    const id = (await onlyLetter()).executionId;
    await roles.clock.advance(100 * LEASE_MS);
    expect(held.calls).toHaveLength(0);
    expect(await roles.api.status(id)).toMatchObject({ status: 'RUNNING' });
    expect(await roles.api.node(id, 'charge')).toMatchObject({
      status: 'PARKED',
      error: { code: 'UNCERTAIN' },
      attempts: [{ attempt: 1, error: { code: 'UNCERTAIN' }, finished_at: null }],
    });

    const letter = await onlyLetter();
    expect(letter).toMatchObject({ nodeId: 'charge', handler: 'held', attempts: 1 });
    expect(letter.error).toMatchObject({ code: 'UNCERTAIN', node_id: 'charge' });
    await asked(roles.api.retryDeadLetter(letter.id));
    const call = await held.call();
    expect(call.context).toMatchObject({ attempt: 1 });
    expect(await letters()).toEqual([]);
    call.succeed();
    await roles.clock.advance(10);
    expect((await roles.api.status(id)).status).toBe('COMPLETED');
  });

  it('fails when a person gives it up, and is no dead letter any more', async () => {
    const id = await roles.begun(charge('park'));
    await lost({ begun: true });
    const letter = await onlyLetter();
    await asked(roles.api.discardDeadLetter(letter.id));
    expect(await roles.api.status(id)).toMatchObject({ status: 'FAILED', error: { code: 'UNCERTAIN' } });
    expect(await nodeStatus(id)).toBe('FAILED');
    expect(await letters()).toEqual([]);
    await expect(roles.api.discardDeadLetter(letter.id)).rejects.toThrow(NotFoundError);
  });

  it('is no dead letter any more when its execution is cancelled', async () => {
    const id = await roles.begun(charge('park'));
    await lost({ begun: true });
    await asked(roles.api.cancel(id));
    await roles.clock.advance(10);
    expect(await nodeStatus(id)).toBe('CANCELLED');
    expect(await letters()).toEqual([]);
  });

  it('is one that a stopping worker hands back after it began', async () => {
    const leaving = await roles.worker('leaving', [held], { graceMs: 1000 });
    const staying = new HeldHandler();
    const [id, other] = [await roles.begun(charge('park')), await roles.begun(charge('retry'))];
    await roles.clock.advance(10);
    const [call] = [await held.call(1), await held.call(2)];
    await roles.worker('staying', [staying]);
    const stopping = leaving.stop();
    await roles.clock.advance(2000);
    await stopping;
    await aborted(call.context.signal);
    expect(await nodeStatus(id)).toBe('PARKED');
    (await staying.call()).succeed();
    await roles.clock.advance(10);
    expect((await roles.api.status(other)).status).toBe('COMPLETED');
    expect(staying.calls).toHaveLength(1);
  });

  it('does not begin before its start is marked', async () => {
    const mark = roles.hot.tasks.markStarted.bind(roles.hot.tasks);
    let refusals = 3;
    roles.hot.tasks.markStarted = async (...marked) => {
      expect(held.calls).toHaveLength(0);
      if (refusals-- > 0) throw new UnavailableError('away');
      return mark(...marked);
    };
    await roles.worker('w', [held]);
    await roles.begun(charge('park'));
    await roles.clock.advance(LEASE_MS / 10);
    expect(held.calls).toHaveLength(0);
    await roles.clock.advance(LEASE_MS);
    expect(held.calls).toHaveLength(1);
    (await held.call()).succeed();
  });

  it('does not begin when it is not the worker’s any more, or was told to stop meanwhile', async () => {
    const mark = roles.hot.tasks.markStarted.bind(roles.hot.tasks);
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    roles.hot.tasks.markStarted = async (...marked) => {
      await gate;
      return mark(...marked);
    };
    await roles.worker('w', [held]);
    const [lostOne, cancelled] = [await roles.begun(charge('park')), await roles.begun(charge('park'))];
    await roles.clock.advance(10);
    await asked(roles.api.cancel(cancelled));
    await roles.hot.tasks.reclaimStalled(0, 10);
    await roles.clock.advance(10);
    open();
    await roles.clock.advance(10);
    (await held.call()).succeed();
    await roles.clock.advance(10);
    expect(held.calls.map(({ context }) => context.executionId)).toEqual([lostOne]);
    expect((await roles.api.status(lostOne)).status).toBe('COMPLETED');
  });
});
