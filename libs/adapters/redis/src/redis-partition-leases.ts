import type { PartitionLease, PartitionLeases } from '@workflow-engine/execution';

import type { RedisConnection } from './connection/redis-connection';

/** Leases in one hash per partition; the server's clock decides when they lapse. */
export class RedisPartitionLeases implements PartitionLeases {
  constructor(private readonly connection: RedisConnection) {}

  async announce(owner: string, leaseMs: number): Promise<readonly string[]> {
    return (await this.connection.run(
      'announceOwner',
      [this.connection.keys.owners],
      [owner, leaseMs],
    )) as string[];
  }

  async withdraw(owner: string): Promise<void> {
    await this.connection.run('announceOwner', [this.connection.keys.owners], [owner, 0]);
  }

  async acquire(partition: number, owner: string, leaseMs: number): Promise<PartitionLease | undefined> {
    const { lease } = this.connection.keys.partition(partition);
    const epoch = await this.connection.run('acquireLease', [lease], [owner, leaseMs]);
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
    const { lease } = this.connection.keys.partition(partition);
    return (await this.connection.run('renewLease', [lease], [owner, epoch, ms])) === 1;
  }
}
