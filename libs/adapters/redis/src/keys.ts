/**
 * Every key this library uses. All keys of a partition carry its hash tag `{pN}`, so that one script can write them
 * and a cluster keeps them on one node (Redis Cluster specification, "Hash tags").
 */
export interface PartitionKeys {
  /**
   * Hash. The owner: owner, epoch, until, history. How far the data has come: timeline, turn, commit, chunk, offset.
   * Whether it may be worked on: resumed (in which history of the data), since.
   */
  readonly lease: string;
  /** Hash: owner, epoch, until, history of whoever archives the partition. */
  readonly archiveLease: string;
  /** Stream of commands for the owner. */
  readonly inbound: string;
  /** Stream of journal slices for the archive: an entry for each chunk of a commit. */
  readonly outbox: string;
  /** Sorted set by due time. */
  readonly timers: string;
  /** Sorted set by time: tasks nobody wants any more, as long as they may be in a queue. */
  readonly revoked: string;
  /** Capped stream: the same, for the workers that run them. */
  readonly revocations: string;
  /** Capped stream of journal slices for live views... */
  readonly feed: string;
  /** ... which is only written while this key is there. */
  readonly feedWatched: string;
  /** Hash: tasks per queue, waiting or in work, of each queue that ever had some. */
  readonly depths: string;
  /** Hash: name of a task -> what its worker may go on with; '!' when it has. */
  readonly followUps: string;
  /** Stream of entries that could not be read. */
  readonly malformed: string;
}

export interface QueueKeys {
  /** Stream of packets: up to 50 tasks each. */
  readonly stream: string;
  /** Hash: entry id -> one mark per task of a packet, '1' when it has left the packet; more of it: see the scripts. */
  readonly settled: string;
}

export class Keys {
  private readonly known: readonly PartitionKeys[];
  private readonly queues = new Map<string, readonly QueueKeys[]>();

  constructor(
    private readonly prefix: string,
    readonly partitions: number,
  ) {
    this.known = Array.from({ length: partitions }, (_, partition) => {
      const key = (name: string): string => `${this.tagged(partition)}:${name}`;
      return {
        lease: key('lease'),
        archiveLease: key('archive-lease'),
        inbound: key('inbound'),
        outbox: key('outbox'),
        timers: key('timers'),
        revoked: key('revoked'),
        revocations: key('revocations'),
        feed: key('feed'),
        feedWatched: key('feed-watched'),
        depths: key('depths'),
        followUps: key('follow-ups'),
        malformed: key('malformed'),
      };
    });
  }

  partition(partition: number): PartitionKeys {
    const keys = this.known[partition];
    if (keys === undefined) throw new RangeError(`there is no partition ${partition} of ${this.partitions}`);
    return keys;
  }

  queue(partition: number, queue: string): QueueKeys {
    let keys = this.queues.get(queue);
    if (keys === undefined) {
      keys = this.known.map((_, index) => {
        const stream = `${this.tagged(index)}:queue:${queue}`;
        return { stream, settled: `${stream}:settled` };
      });
      this.queues.set(queue, keys);
    }
    const found = keys[partition];
    if (found === undefined) throw new RangeError(`there is no partition ${partition} of ${this.partitions}`);
    return found;
  }

  /** List of slices, each `first:last:kind:events`. */
  journal(partition: number, executionId: string): string {
    return `${this.tagged(partition)}:journal:${executionId}`;
  }

  /** Whose journal has this key; undefined when it is the key of something else. */
  executionOf(journal: string): string | undefined {
    const name = '}:journal:';
    const at = journal.indexOf(name, this.prefix.length);
    return at < 0 ? undefined : journal.slice(at + name.length);
  }

  /** Finds every key of the partition (`SCAN`, glob style). */
  patternOf(partition: number): string {
    return `${this.tagged(partition).replace(/[[\]*?\\]/g, '\\$&')}:*`;
  }

  /** Sorted set of the calls inside the window. */
  rate(key: string): string {
    return `${this.prefix}:rate:${key}`;
  }

  /** How many partitions this deployment was started with. */
  get partitionCount(): string {
    return `${this.prefix}:partitions`;
  }

  /** Sorted set of the living orchestrators. */
  get owners(): string {
    return `${this.prefix}:owners`;
  }

  /** Sorted set of the living archivers. */
  get archiveOwners(): string {
    return `${this.prefix}:archive-owners`;
  }

  /** Hash: queue and name of a handler -> who announced it until when, and its description. */
  get handlers(): string {
    return `${this.prefix}:handlers`;
  }

  /** Hash: id of a worker -> who announced itself until when. */
  get workers(): string {
    return `${this.prefix}:workers`;
  }

  private tagged(partition: number): string {
    return `${this.prefix}:{p${partition}}`;
  }
}
