import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { HeldHandler, echo } from '../../testing/engines';
import { LEASE_MS, PARTITIONS, RolesUnderTest, heldTask } from '../../testing/roles';
import { task, workflowOf } from '../../testing/workflows';
import type { HotPorts } from '../embedded/in-memory-hot-ports';
import { UnavailableError } from '../errors';
import { partitionOf } from '../partition';
import type { ExecutionRepository } from '../ports/execution-repository';
import type { CommitBatch } from '../ports/execution-store';
import type { PartitionLease } from '../ports/partition-leases';
import { createEngineApi } from './create-engine-api';
import type { EngineApi } from './engine-api';

class Gate {
  open: () => void = () => undefined;
  readonly opened = new Promise<void>((resolve) => (this.open = resolve));
}

describe('orchestrators', () => {
  let roles: RolesUnderTest;
  beforeEach(() => void (roles = new RolesUnderTest()));
  afterEach(() => roles.stop());

  /** Executions of one task in every partition. */
  async function begunInAll(): Promise<readonly string[]> {
    const ids: string[] = [];
    while (new Set(ids.map((id) => partitionOf(id, PARTITIONS))).size < PARTITIONS)
      ids.push(await roles.begun([task('a', [], { handler: 'echo' })]));
    return ids;
  }

  /** Commits nothing until the gate is open. */
  function storeBehind(gate: Gate): HotPorts['store'] {
    const store = Object.create(roles.hot.store) as HotPorts['store'];
    store.commit = async (...args) => {
      await gate.opened;
      return roles.hot.store.commit(...args);
    };
    return store;
  }

  it('take over from one that stops, at once', async () => {
    const first = roles.orchestrator('first');
    const held = new HeldHandler();
    await roles.worker('w', [held]);
    const id = await roles.begun([heldTask('a'), heldTask('b', ['a'])]);
    await roles.clock.advance(10);
    roles.orchestrator('second');
    await roles.clock.advance(10);
    await first.stop();
    (await held.call(1)).succeed();
    await roles.clock.advance(LEASE_MS / 3);
    (await held.call(2)).succeed();
    await roles.clock.advance(10);
    expect((await roles.api.status(id)).status).toBe('COMPLETED');
    expect(held.calls).toHaveLength(2);
  });

  it('that were away too long write nothing and come back in good order', async () => {
    const held = new HeldHandler();
    await roles.worker('w', [held]);
    // Its renewals do not get through, so it lives on borrowed time.
    const leases = Object.create(roles.hot.leases) as HotPorts['leases'];
    leases.renew = async (held: readonly PartitionLease[]) => held;
    roles.orchestrator('cut-off', { leases });
    const ids = [await roles.begun([heldTask('a'), heldTask('b', ['a'])])];
    await roles.clock.advance(10);
    roles.orchestrator('second');
    (await held.call(1)).succeed();
    await roles.clock.advance(5 * LEASE_MS);
    (await held.call(2)).succeed();
    await roles.clock.advance(5 * LEASE_MS);
    for (const id of ids) {
      expect((await roles.api.status(id)).status).toBe('COMPLETED');
      const seqs = (await roles.api.events(id, 0, 100)).map(({ seq }) => seq);
      expect(seqs).toEqual(seqs.map((_, index) => index + 1));
    }
    expect(held.calls).toHaveLength(2);
  });

  it('look up what was there before them, and nothing that comes later', async () => {
    const clock = { now: () => roles.clock.now() + 3_600_000, sleep: roles.clock.sleep.bind(roles.clock) };
    const ahead = createEngineApi(roles.ports({ clock }));
    const asked: string[] = [];
    const executions = Object.create(roles.record.executions) as ExecutionRepository;
    executions.journals = async (ids) => {
      asked.push(...ids);
      return roles.record.executions.journals(ids);
    };
    const begin = async (api: EngineApi): Promise<string> => {
      const { id } = await api.submit(workflowOf([task('a')]));
      await api.trigger(id, {});
      return id;
    };
    const early = await begin(ahead);
    roles.orchestrator('o', { executions });
    await roles.clock.advance(LEASE_MS);
    const late = await begin(roles.api);
    await roles.clock.advance(10);
    expect((await roles.api.status(late)).nodeStatuses).toEqual(new Map([['a', 'SCHEDULED']]));
    expect(asked).toEqual([early]);
  });

  it('keep their partitions in a turn that takes longer than a lease', async () => {
    const store = Object.create(roles.hot.store) as HotPorts['store'];
    store.read = async (...args) => {
      await roles.clock.sleep(3 * LEASE_MS);
      return roles.hot.store.read(...args);
    };
    roles.orchestrator('busy', { store });
    roles.orchestrator('other', { store });
    await roles.worker('w', [echo]);
    const id = await roles.begun([task('a', [], { handler: 'echo' })]);
    // The partition may be handed over in between, and its execution be read once more.
    await roles.clock.advance(10 * LEASE_MS);
    expect((await roles.api.status(id)).status).toBe('COMPLETED');
  });

  it('do a turn again whose commit failed, and decide nothing twice', async () => {
    let refusals = 4;
    const store = Object.create(roles.hot.store) as HotPorts['store'];
    store.commit = async (lease, batch) => {
      if (refusals-- > 0) throw new UnavailableError('away');
      return roles.hot.store.commit(lease, batch);
    };
    roles.orchestrator('o', { store });
    await roles.worker('w', [echo]);
    const id = await roles.begun([task('a', [], { handler: 'echo' }), task('b', ['a'], { handler: 'echo' })]);
    await roles.clock.advance(5000);
    expect((await roles.api.status(id)).status).toBe('COMPLETED');
    expect((await roles.api.events(id, 0, 100)).filter(({ type }) => type === 'NodeScheduled')).toHaveLength(
      2,
    );
  });

  it('let a slow partition finish its turn before its next one, and nobody wait for it', async () => {
    let [inFlight, most, failures] = [0, 0, 1];
    const gate = new Gate();
    const store = Object.create(roles.hot.store) as HotPorts['store'];
    store.commit = async (lease: PartitionLease, batch: CommitBatch) => {
      if (lease.partition === 0 && failures-- > 0) throw new UnavailableError('away');
      if (lease.partition === 1) {
        inFlight += 1;
        most = Math.max(most, inFlight);
        await gate.opened;
        inFlight -= 1;
      }
      return roles.hot.store.commit(lease, batch);
    };
    await roles.worker('w', [echo]);
    const ids = await begunInAll();
    roles.orchestrator('o', { store });
    await roles.clock.advance(LEASE_MS / 2);
    const others = ids.filter((id) => partitionOf(id, PARTITIONS) !== 1);
    for (const id of others) expect((await roles.api.status(id)).status).toBe('COMPLETED');
    gate.open();
    await roles.clock.advance(LEASE_MS);
    for (const id of ids) expect((await roles.api.status(id)).status).toBe('COMPLETED');
    expect(most).toBe(1);
  });

  it('never ask a writer again whose late turn failed, whatever else they wait for', async () => {
    const [late, takingUp] = [new Gate(), new Gate()];
    const writers = new Set<string>();
    const askedAgain: string[] = [];
    const store = Object.create(roles.hot.store) as HotPorts['store'];
    store.commit = async (lease, batch) => {
      const writer = `${lease.partition}, epoch ${lease.epoch}`;
      if (writers.has(writer)) askedAgain.push(writer);
      const isFirst = ![...writers].some((known) => known.startsWith(`${lease.partition},`));
      if (!isFirst) return roles.hot.store.commit(lease, batch);
      writers.add(writer);
      if (lease.partition === 1) await late.opened;
      throw new UnavailableError('away');
    };
    let isTakingUp = false;
    store.progress = async (partition) => {
      isTakingUp = writers.size === PARTITIONS;
      if (isTakingUp) await takingUp.opened;
      return roles.hot.store.progress(partition);
    };
    await roles.worker('w', [echo]);
    const ids = await begunInAll();
    roles.orchestrator('o', { store });
    await roles.clock.advance(LEASE_MS / 2);
    expect(isTakingUp).toBe(true);
    late.open();
    await roles.clock.advance(1);
    takingUp.open();
    await roles.clock.advance(LEASE_MS);
    expect(askedAgain).toEqual([]);
    for (const id of ids) expect((await roles.api.status(id)).status).toBe('COMPLETED');
  });

  it('are seen to stand still while a turn of a partition does not end', async () => {
    const gate = new Gate();
    const store = storeBehind(gate);
    let turns = 0;
    const onTurn = (loop: string): void => void (turns += loop === 'orchestrator' ? 1 : 0);
    roles.orchestrator('stuck', { store, onTurn });
    await roles.begun([task('a')]);
    await roles.clock.advance(30_000);
    const then = turns;
    await roles.clock.advance(30_000);
    expect(turns).toBeGreaterThan(then);
    await roles.clock.advance(10_000);
    const last = turns;
    await roles.clock.advance(60_000);
    expect(turns).toBe(last);
    gate.open();
  });

  it('finish the turn of a slow partition before they hand it over', async () => {
    const gate = new Gate();
    const store = storeBehind(gate);
    const slow = roles.orchestrator('slow', { store });
    const id = await roles.begun([task('a')]);
    await roles.clock.advance(LEASE_MS / 2);
    const stopped = slow.stop();
    roles.orchestrator('next');
    await roles.clock.advance(LEASE_MS / 2);
    expect((await roles.hot.store.read(id, 0)) ?? []).toEqual([]);
    gate.open();
    await stopped;
    expect((await roles.api.status(id)).nodeStatuses).toEqual(new Map([['a', 'SCHEDULED']]));
  });

  it('take up a partition that could not be looked at soon again, also when the clock was set back', async () => {
    let [failures, aheadMs] = [1, 600_000];
    const store = Object.create(roles.hot.store) as HotPorts['store'];
    store.progress = async (partition) => {
      if (failures-- > 0) throw new UnavailableError('away');
      return roles.hot.store.progress(partition);
    };
    const clock = { now: () => roles.clock.now() + aheadMs, sleep: roles.clock.sleep.bind(roles.clock) };
    roles.orchestrator('o', { store, clock });
    await roles.worker('w', [echo]);
    await roles.clock.advance(100);
    aheadMs = 0;
    const id = await roles.begun([task('a', [], { handler: 'echo' })]);
    await roles.clock.advance(5000);
    expect((await roles.api.status(id)).status).toBe('COMPLETED');
  });
});
