import { describe, expect, it } from '@jest/globals';

import { RoleHealth } from './role-health';

const stuckMs = 120_000;

function health(): { readonly role: RoleHealth; readonly pass: (ms: number) => void } {
  let now = 1_000_000;
  const role = new RoleHealth({ restless: ['archiver', 'reaper'], leaseMs: 5000, now: () => now });
  return { role, pass: (ms) => void (now += ms) };
}

describe('the health of a role', () => {
  it('is good before its first turn', async () => {
    const { role, pass } = health();
    pass(10 * stuckMs);
    await expect(role.checkWorking()).resolves.toBeUndefined();
    await expect(role.checkTurning()).resolves.toBeUndefined();
  });

  it('is bad for work when every turn has failed for a while, until one succeeds', async () => {
    const { role, pass } = health();
    for (let turn = 0; turn < 10; turn++) {
      role.noteTurn('archiver', new Error('gone'));
      role.noteTurn('reaper');
      await expect(role.checkWorking()).resolves.toBeUndefined();
      pass(1000);
    }
    await expect(role.checkWorking()).rejects.toThrow('every turn fails: archiver');
    await expect(role.checkTurning()).resolves.toBeUndefined();
    role.noteTurn('archiver');
    await expect(role.checkWorking()).resolves.toBeUndefined();
  });

  it('is not bad when some turns fail', async () => {
    const { role, pass } = health();
    for (let turn = 0; turn < 100; turn++) {
      role.noteTurn('archiver', turn % 2 === 0 ? new Error('gone') : undefined);
      pass(1000);
      await expect(role.checkWorking()).resolves.toBeUndefined();
    }
  });

  it('needs another process when a loop that never rests does not turn, good or failed', async () => {
    const { role, pass } = health();
    role.noteTurn('archiver', new Error('gone'));
    role.noteTurn('worker');
    pass(stuckMs);
    await expect(role.checkTurning()).resolves.toBeUndefined();
    pass(1);
    await expect(role.checkTurning()).rejects.toThrow('no turn for 120000 ms: archiver');
  });
});
