/** The right to write a partition, until it lapses. */
export interface PartitionLease {
  readonly partition: number;
  /** Fencing epoch: grows with every change of owner, so that a late writer is recognised. */
  readonly epoch: number;
}

/**
 * One writer per partition: a lock with a fencing epoch stored beside it (M. Kleppmann, "How to do distributed
 * locking", 2016).
 */
export interface PartitionLeases {
  /** Marks the owner as living for `leaseMs`; returns all who are, itself included: they share the partitions. */
  announce(owner: string, leaseMs: number): Promise<readonly string[]>;
  /** The owner is gone for good; its leases are not touched. */
  withdraw(owner: string): Promise<void>;
  /**
   * Undefined while somebody else holds it; whoever holds it himself gets a new epoch. A lease does not outlive a
   * restart of the store. The epoch is greater than `after`.
   */
  acquire(
    partition: number,
    owner: string,
    leaseMs: number,
    after?: number,
  ): Promise<PartitionLease | undefined>;
  /** The leases that are still this owner's; the others are lost and nothing may be written there. */
  renew(
    leases: readonly PartitionLease[],
    owner: string,
    leaseMs: number,
  ): Promise<readonly PartitionLease[]>;
  release(leases: readonly PartitionLease[], owner: string): Promise<void>;
}
