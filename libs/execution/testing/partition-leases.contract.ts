import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { PartitionLease, PartitionLeases } from '../src/ports/partition-leases';
import { LONG_MS } from './hot-ports';
import type { HotPortsFixture, HotPortsSetup } from './hot-ports';

const LEASE_MS = 300;

export function describePartitionLeasesContract(adapter: string, setup: HotPortsSetup): void {
  describe(`PartitionLeases: ${adapter}`, () => {
    let fixture: HotPortsFixture;
    let leases: PartitionLeases;

    beforeEach(async () => {
      fixture = await setup();
      ({ leases } = fixture);
    }, 60_000);
    afterEach(() => fixture.close());

    async function held(partition: number, owner: string, leaseMs = LONG_MS): Promise<PartitionLease> {
      const lease = await leases.acquire(partition, owner, leaseMs);
      if (lease === undefined) throw new Error(`${owner} did not get partition ${partition}`);
      return lease;
    }

    it('gives a partition to exactly one of many who ask at the same time', async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, owner) => leases.acquire(3, `owner-${owner}`, LONG_MS)),
      );
      const won = answers.filter((lease) => lease !== undefined);
      expect(won).toHaveLength(1);
      expect(won[0]).toMatchObject({ partition: 3 });
    });

    it('keeps partitions apart', async () => {
      const [first, second] = [await held(0, 'a'), await held(1, 'b')];
      expect([first.partition, second.partition]).toEqual([0, 1]);
      expect(await leases.renew([first], 'a', LONG_MS)).toEqual([first]);
      expect(await leases.renew([second], 'b', LONG_MS)).toEqual([second]);
    });

    it('refuses others while it is held', async () => {
      await held(0, 'a');
      expect(await leases.acquire(0, 'b', LONG_MS)).toBeUndefined();
    });

    it('is given anew to who holds it already: what he had before is worth nothing then', async () => {
      const first = await held(0, 'a');
      const second = await held(0, 'a');
      expect(second.epoch).toBeGreaterThan(first.epoch);
      expect(await leases.renew([first], 'a', LONG_MS)).toEqual([]);
      expect(await leases.renew([second], 'a', LONG_MS)).toEqual([second]);
    });

    it('has an epoch greater than any that its owner knows of', async () => {
      const first = await held(0, 'a');
      const second = await leases.acquire(0, 'a', LONG_MS, first.epoch + 1_000_000);
      expect(second?.epoch).toBeGreaterThan(first.epoch + 1_000_000);
      expect(await leases.acquire(0, 'b', LONG_MS, first.epoch)).toBeUndefined();
    });

    it('lets others have it once it has lapsed, with a greater epoch; the late owner learns it', async () => {
      const first = await held(0, 'a', LEASE_MS);
      await fixture.advance(LEASE_MS + 100);
      const second = await held(0, 'b');
      expect(second.epoch).toBeGreaterThan(first.epoch);
      expect(await leases.renew([first], 'a', LONG_MS)).toEqual([]);
      expect(await leases.renew([second], 'b', LONG_MS)).toEqual([second]);
    });

    it('does not lapse while it is renewed', async () => {
      const lease = await held(0, 'a', LEASE_MS);
      for (let renewals = 0; renewals < 3; renewals++) {
        await fixture.advance(LEASE_MS - 150);
        expect(await leases.renew([lease], 'a', LEASE_MS)).toEqual([lease]);
      }
      expect(await leases.acquire(0, 'b', LONG_MS)).toBeUndefined();
    });

    it('says of many which are still held', async () => {
      const kept = [await held(0, 'a'), await held(2, 'a')];
      const lost = await held(1, 'a', LEASE_MS);
      await fixture.advance(LEASE_MS + 100);
      await held(1, 'b');
      const renewed = await leases.renew([...kept, lost], 'a', LONG_MS);
      expect([...renewed].sort((a, b) => a.partition - b.partition)).toEqual(kept);
    });

    it('lets nobody renew in somebody else’s name, or with an old epoch', async () => {
      const lease = await held(0, 'a');
      expect(await leases.renew([lease], 'b', LONG_MS)).toEqual([]);
      expect(await leases.renew([{ ...lease, epoch: lease.epoch - 1 }], 'a', LONG_MS)).toEqual([]);
      expect(await leases.renew([lease], 'a', LONG_MS)).toEqual([lease]);
    });

    it('is free at once when it is released, and its epoch still grows', async () => {
      const first = await held(0, 'a');
      await leases.release([first], 'a');
      const second = await held(0, 'b');
      expect(second.epoch).toBeGreaterThan(first.epoch);
      expect(await leases.renew([first], 'a', LONG_MS)).toEqual([]);
    });

    it('is not taken from its new owner by a late release', async () => {
      const first = await held(0, 'a', LEASE_MS);
      await fixture.advance(LEASE_MS + 100);
      const second = await held(0, 'b');
      await leases.release([first], 'a');
      await leases.release([second], 'a');
      expect(await leases.renew([second], 'b', LONG_MS)).toEqual([second]);
    });

    describe('owners', () => {
      const living = async (owner: string, leaseMs = LONG_MS): Promise<readonly string[]> =>
        [...(await leases.announce(owner, leaseMs))].sort();

      it('know of each other while they announce themselves', async () => {
        expect(await living('a')).toEqual(['a']);
        expect(await living('b')).toEqual(['a', 'b']);
        expect(await living('a')).toEqual(['a', 'b']);
      });

      it('are forgotten when they are not heard of, or withdraw', async () => {
        await living('silent', LEASE_MS);
        await living('leaving');
        await leases.withdraw('leaving');
        await leases.withdraw('nobody');
        expect(await living('b')).toEqual(['b', 'silent']);
        await fixture.advance(LEASE_MS + 100);
        expect(await living('b')).toEqual(['b']);
      });

      it('keep what they hold when they withdraw', async () => {
        await living('a');
        const lease = await held(0, 'a');
        await leases.withdraw('a');
        expect(await leases.acquire(0, 'b', LONG_MS)).toBeUndefined();
        expect(await leases.renew([lease], 'a', LONG_MS)).toEqual([lease]);
      });
    });

    it('has nothing to do for no leases', async () => {
      expect(await leases.renew([], 'a', LONG_MS)).toEqual([]);
      await expect(leases.release([], 'a')).resolves.toBeUndefined();
    });
  });
}
