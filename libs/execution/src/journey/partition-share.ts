import type { PartitionLease, PartitionLeases } from '../ports/partition-leases';
import { RoleLoop } from './role-loop';
import type { LoopPorts } from './role-loop';

export interface PartitionSharePorts extends LoopPorts {
  readonly leases: PartitionLeases;
}

export interface PartitionShareOptions {
  /** Unique per process. */
  readonly owner: string;
  readonly partitions: number;
  readonly leaseMs: number;
}

/** How often a process with less than its share looks for partitions that were handed over or lapsed. */
export const ACQUIRE_EVERY_MS = 200;

/** How often processes look who else lives: one that comes or goes is noticed so soon. */
const BALANCE_EVERY_MS = 500;

/**
 * A process's even share of the partitions, held by leases: every living process of a role has one. Leases are renewed
 * beside whatever their holder does: a turn that takes longer than a lease must not be in vain.
 */
export class PartitionShare {
  private readonly held = new Map<number, PartitionLease>();
  private readonly renewing: RoleLoop;
  private keptAt = 0;
  private balanceAt = 0;
  private acquireAt = 0;
  /** How many partitions are this process's to hold. */
  private size = 0;

  constructor(
    role: string,
    private readonly ports: PartitionSharePorts,
    private readonly options: PartitionShareOptions,
  ) {
    this.renewing = new RoleLoop(`leases of the ${role}`, ports, (signal) => this.renew(signal));
  }

  start(): void {
    this.renewing.start();
  }

  leases(): readonly PartitionLease[] {
    return [...this.held.values()];
  }

  holds({ partition, epoch }: PartitionLease): boolean {
    return this.held.get(partition)?.epoch === epoch;
  }

  /** When {@link keep} has something to do again, in epoch milliseconds. */
  get nextAt(): number {
    return this.held.size < this.size ? Math.min(this.balanceAt, this.acquireAt) : this.balanceAt;
  }

  /** Hands over and acquires leases, when it is time to. */
  async keep(): Promise<void> {
    const now = this.ports.clock.now();
    // A clock that was set back must not make it wait until the old time comes again.
    if (now < this.keptAt) this.balanceAt = this.acquireAt = 0;
    this.keptAt = now;
    if (now >= this.balanceAt) {
      await this.balance();
      this.balanceAt = now + Math.min(BALANCE_EVERY_MS, this.options.leaseMs / 3);
    }
    if (this.held.size < this.size && now >= this.acquireAt) {
      this.acquireAt = now + ACQUIRE_EVERY_MS;
      await this.acquire();
    }
  }

  /** It turned out that the lease is not held any more, or is worthless. */
  lose(lease: PartitionLease): void {
    if (this.holds(lease)) this.held.delete(lease.partition);
    this.acquireAt = 0;
  }

  /** A lease on the same partition with an epoch greater than `after`; undefined when somebody else holds it. */
  async acquireAgain({ partition }: PartitionLease, after: number): Promise<PartitionLease | undefined> {
    const { owner, leaseMs } = this.options;
    this.held.delete(partition);
    const lease = await this.ports.leases.acquire(partition, owner, leaseMs, after);
    if (lease !== undefined) this.held.set(partition, lease);
    return lease;
  }

  /** Others may have everything at once. */
  async release(): Promise<void> {
    await this.renewing.stop();
    const { leases } = this.ports;
    await leases.release(this.leases(), this.options.owner);
    await leases.withdraw(this.options.owner);
    this.held.clear();
  }

  private async renew(signal: AbortSignal): Promise<void> {
    const { owner, leaseMs } = this.options;
    await this.ports.clock.sleep(leaseMs / 3, signal);
    const leases = this.leases();
    if (signal.aborted || leases.length === 0) return;
    const renewed = await this.ports.leases.renew(leases, owner, leaseMs);
    const kept = new Set(renewed.map(({ partition }) => partition));
    for (const lease of leases) if (!kept.has(lease.partition)) this.lose(lease);
  }

  /** What is over the share is handed over. */
  private async balance(): Promise<void> {
    const { owner, leaseMs, partitions } = this.options;
    const living = await this.ports.leases.announce(owner, leaseMs);
    this.size = Math.ceil(partitions / living.length);
    const surplus = this.leases().slice(this.size);
    if (surplus.length === 0) return;
    for (const { partition } of surplus) this.held.delete(partition);
    await this.ports.leases.release(surplus, owner);
  }

  private async acquire(): Promise<void> {
    const { owner, leaseMs, partitions } = this.options;
    for (let partition = 0; partition < partitions && this.held.size < this.size; partition++) {
      if (this.held.has(partition)) continue;
      const lease = await this.ports.leases.acquire(partition, owner, leaseMs);
      if (lease !== undefined) this.held.set(partition, lease);
    }
  }
}
