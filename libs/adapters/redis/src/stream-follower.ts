import { BlockingReads } from './connection/blocking-reads';
import type { RedisConnection } from './connection/redis-connection';
import { type StreamEntry, entriesOf, isAfter } from './encoding/stream-reply';
import type { PartitionKeys } from './keys';

export interface FollowerOptions {
  readonly purpose: string;
  readonly streamOf: (keys: PartitionKeys) => string;
  readonly onEntry: (fields: readonly string[]) => Promise<void> | void;
  /** A key that says that somebody follows; it lapses by itself. */
  readonly watchedOf?: (keys: PartitionKeys) => string;
}

const READ_LIMIT = 200;
const WATCHED_MS = 30_000;
const WATCH_AGAIN_MS = 3000;
const PAUSE_AFTER_FAULT_MS = 200;

/** Tells of every entry that is added to one stream of each partition while somebody follows. */
export class StreamFollower {
  private readonly offsets = new Map<string, string>();
  private readonly reads: BlockingReads;
  private stopping: AbortController | undefined;
  private started: Promise<void> | undefined;
  private watchAgainAt = 0;
  private readonly forget: () => void;

  constructor(
    private readonly connection: RedisConnection,
    private readonly options: FollowerOptions,
  ) {
    this.reads = new BlockingReads(connection, options.purpose);
    this.forget = connection.onClose(() => this.stop());
  }

  /** Resolves when nothing that is added from now on is missed. @throws UnavailableError */
  start(): Promise<void> {
    this.started ??= this.begin().catch((error: unknown) => {
      this.started = undefined;
      throw error;
    });
    return this.started;
  }

  stop(): void {
    this.stopping?.abort();
    this.stopping = undefined;
    this.started = undefined;
  }

  close(): void {
    this.forget();
    this.stop();
    this.reads.close();
  }

  private async begin(): Promise<void> {
    await this.showThatWatched();
    const { keys } = this.connection;
    await Promise.all(
      Array.from({ length: keys.partitions }, async (_, partition) => {
        const stream = this.options.streamOf(keys.partition(partition));
        const [last] = (await this.connection.send(
          'XREVRANGE',
          stream,
          '+',
          '-',
          'COUNT',
          1,
        )) as StreamEntry[];
        this.offsets.set(stream, last?.[0] ?? '0-0');
      }),
    );
    this.stopping = new AbortController();
    void this.follow(this.stopping.signal);
  }

  private async follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.connection.isClosed) {
      try {
        await this.showThatWatched();
        await this.readOnce(signal);
      } catch (error) {
        if (isAborted(signal)) return;
        const { purpose } = this.options;
        this.connection.settings.log.warn('following is interrupted, next try soon', { purpose, err: error });
        await new Promise((resolve) => setTimeout(resolve, PAUSE_AFTER_FAULT_MS));
      }
    }
  }

  private async readOnce(signal: AbortSignal): Promise<void> {
    const { keys } = this.connection;
    const all = Array.from({ length: keys.partitions }, (_, partition) => partition);
    const reads = this.connection.readableTogether(all).map((group) => {
      const streams = group.map((partition) => this.options.streamOf(keys.partition(partition)));
      const offsets = streams.map((stream) => this.offsets.get(stream) ?? '0-0');
      const lane = this.connection.isCluster ? (streams[0] ?? '') : 'all';
      return {
        lane,
        command: 'XREAD' as const,
        head: ['COUNT', READ_LIMIT],
        tail: ['STREAMS', ...streams, ...offsets],
      };
    });
    const waitMs = Math.min(this.connection.settings.maxBlockMs, WATCH_AGAIN_MS);
    const replies = await this.reads.read(reads, waitMs, signal);
    // Whoever starts again begins where this one has been.
    if (signal.aborted) return;
    for (const [stream, entries] of entriesOf(replies)) {
      for (const [id, fields] of entries) {
        if (!isAfter(id, this.offsets.get(stream) ?? '0-0')) continue;
        this.offsets.set(stream, id);
        await this.options.onEntry(fields);
      }
    }
  }

  private async showThatWatched(): Promise<void> {
    const { watchedOf } = this.options;
    if (watchedOf === undefined || performance.now() < this.watchAgainAt) return;
    const { keys } = this.connection;
    await Promise.all(
      Array.from({ length: keys.partitions }, (_, partition) =>
        this.connection.send('SET', watchedOf(keys.partition(partition)), 1, 'PX', WATCHED_MS),
      ),
    );
    this.watchAgainAt = performance.now() + WATCH_AGAIN_MS;
  }
}

function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
