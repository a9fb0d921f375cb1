import type { PartitionLease, PartitionLeases } from '@workflow-engine/execution';

import type { RedisConnection } from './connection/redis-connection';

/** Leases in one hash per partition; the server's clock decides when they lapse. */
export class RedisPartitionLeases implements PartitionLeases {
  /** @param holders whose leases: orchestrators and archivers share the partitions out independently */
  constructor(
    private readonly connection: RedisConnection,
    private readonly holders: 'orchestrators' | 'archivers',
  ) {}

  async announce(owner: string, leaseMs: number): Promise<readonly string[]> {
    return (await this.connection.run('announceOwner', [this.owners], [owner, leaseMs])) as string[];
  }

  async withdraw(owner: string): Promise<void> {
    await this.connection.run('announceOwner', [this.owners], [owner, 0]);
  }

  async acquire(
    partition: number,
    owner: string,
    leaseMs: number,
    after = 0,
  ): Promise<PartitionLease | undefined> {
    const epoch = await this.connection.run('acquireLease', [this.keyOf(partition)], [owner, leaseMs, after]);
    return epoch === null ? undefined : { partition, epoch: Number(epoch) };
  }

  async renew(
    leases: readonly PartitionLease[],
    owner: string,
    leaseMs: number,
  ): Promise<readonly PartitionLease[]> {
    const renewed = await Promise.all(leases.map((lease) => this.extend(lease, owner, leaseMs)));
    return leases.filter((_, index) => renewed[index]);
  }

  async release(leases: readonly PartitionLease[], owner: string): Promise<void> {
    await Promise.all(leases.map((lease) => this.extend(lease, owner, 0)));
  }

  private async extend({ partition, epoch }: PartitionLease, owner: string, ms: number): Promise<boolean> {
    return (await this.connection.run('renewLease', [this.keyOf(partition)], [owner, epoch, ms])) === 1;
  }

  private get owners(): string {
    const { owners, archiveOwners } = this.connection.keys;
    return this.holders === 'archivers' ? archiveOwners : owners;
  }

  private keyOf(partition: number): string {
    const { lease, archiveLease } = this.connection.keys.partition(partition);
    return this.holders === 'archivers' ? archiveLease : lease;
  }
}
