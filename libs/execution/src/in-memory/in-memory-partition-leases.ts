import type { Clock } from '../ports/clock';
import type { PartitionLease, PartitionLeases } from '../ports/partition-leases';

interface Holding {
  owner: string;
  epoch: number;
  expiresAt: number;
}

export class InMemoryPartitionLeases implements PartitionLeases {
  private readonly holdings = new Map<number, Holding>();

  /** Owner -> living until. */
  private readonly living = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  async announce(owner: string, leaseMs: number): Promise<readonly string[]> {
    const now = this.clock.now();
    this.living.set(owner, now + leaseMs);
    for (const [other, until] of this.living) if (until <= now) this.living.delete(other);
    return [...this.living.keys()];
  }

  async withdraw(owner: string): Promise<void> {
    this.living.delete(owner);
  }

  async acquire(
    partition: number,
    owner: string,
    leaseMs: number,
    after = 0,
  ): Promise<PartitionLease | undefined> {
    const now = this.clock.now();
    const held = this.holdings.get(partition);
    if (held !== undefined && held.owner !== owner && held.expiresAt > now) return undefined;
    // Microseconds, so that it also grows from one process to the next.
    const epoch = Math.max((held?.epoch ?? 0) + 1, after + 1, Math.floor(now * 1000));
    this.holdings.set(partition, { owner, epoch, expiresAt: now + leaseMs });
    return { partition, epoch };
  }

  async renew(
    leases: readonly PartitionLease[],
    owner: string,
    leaseMs: number,
  ): Promise<readonly PartitionLease[]> {
    return leases.filter((lease) => {
      const held = this.holdings.get(lease.partition);
      if (held?.owner !== owner || !this.isCurrent(lease)) return false;
      held.expiresAt = this.clock.now() + leaseMs;
      return true;
    });
  }

  async release(leases: readonly PartitionLease[], owner: string): Promise<void> {
    for (const lease of leases) {
      const held = this.holdings.get(lease.partition);
      // The epoch stays, so that a later owner's is greater.
      if (held?.owner === owner && held.epoch === lease.epoch) held.expiresAt = 0;
    }
  }

  /** The fencing check: nobody has taken the partition over since. */
  isCurrent({ partition, epoch }: PartitionLease): boolean {
    const held = this.holdings.get(partition);
    return held?.epoch === epoch && held.expiresAt > this.clock.now();
  }
}
