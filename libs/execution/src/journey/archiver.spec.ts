import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { echo } from '../../testing/engines';
import { RolesUnderTest } from '../../testing/roles';
import { settled } from '../../testing/virtual-clock';
import { task } from '../../testing/workflows';
import { UnavailableError } from '../errors';

describe('the archiver', () => {
  let roles: RolesUnderTest;
  beforeEach(() => void (roles = new RolesUnderTest()));
  afterEach(() => roles.stop());

  it('tries again, in order, and archives what is left when it stops', async () => {
    roles.orchestrator('o');
    await roles.worker('w', [echo]);
    let refusals = 2;
    const { executions } = roles.record;
    const archive = executions.archive.bind(executions);
    executions.archive = async (entries) => {
      if (refusals-- > 0) throw new UnavailableError('away');
      return archive(entries);
    };
    const archiver = roles.archiver();
    const id = await roles.begun([task('a', [], { handler: 'echo' })]);
    await roles.clock.advance(10);
    expect(await roles.hot.outbox.lag()).toBeGreaterThan(0);
    await roles.clock.advance(1000);
    expect(await roles.hot.outbox.lag()).toBe(0);
    expect(await executions.find(id)).toMatchObject({ status: 'COMPLETED' });
    const last = await roles.begun([task('a', [], { handler: 'echo' })]);
    await settled();
    await archiver.stop();
    expect(await executions.find(last)).toMatchObject({ status: 'COMPLETED' });
  });
});
