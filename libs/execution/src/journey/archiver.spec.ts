import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { echo } from '../../testing/engines';
import { PARTITIONS, RolesUnderTest } from '../../testing/roles';
import { HotServer } from '../../testing/simulation/hot-server';
import { settled } from '../../testing/virtual-clock';
import { task, workflowOf } from '../../testing/workflows';
import { createEngineApi } from './create-engine-api';
import { UnavailableError } from '../errors';
import { InMemoryArchiveOutbox } from '../in-memory/in-memory-archive-outbox';

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

  it('takes again what a store that comes back as it was a while ago has not confirmed', async () => {
    const server = new HotServer(roles.clock, PARTITIONS);
    const outbox = new InMemoryArchiveOutbox(server.outbox);
    const { leases, archiveLeases, stream, store, tasks, feed } = server;
    const hot = { leases, archiveLeases, stream, store, tasks, feed, outbox };
    roles.orchestrator('o', hot);
    const api = createEngineApi(roles.ports(hot));
    const { id } = await api.submit(workflowOf([task('a')]));
    await api.trigger(id, {});
    await roles.clock.advance(100);
    const backup = server.backup();
    roles.archiver(hot);
    await roles.clock.advance(1000);
    expect(await outbox.lag()).toBe(0);

    server.stop();
    await roles.clock.advance(1);
    server.start(backup);
    expect(await outbox.lag()).toBeGreaterThan(0);
    await roles.clock.advance(5000);
    expect(await outbox.lag()).toBe(0);
  });
});
