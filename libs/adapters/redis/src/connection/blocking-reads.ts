import type { Redis } from 'ioredis';

import { portError } from '../errors';
import type { Argument, RedisConnection } from './redis-connection';

/** A read that may block: `XREAD` or `XREADGROUP` over keys that one node has. */
export interface BlockingRead {
  /** One of its keys. On a cluster it says which connection reads. */
  readonly lane: string;
  readonly command: 'XREAD' | 'XREADGROUP';
  /** What comes before and after the `BLOCK` option. */
  readonly head: readonly Argument[];
  readonly tail: readonly Argument[];
}

/** A connection for reads that block. */
export interface Lane {
  readonly redis: Redis;
  /** Resolves once it is connected, or cannot be. */
  readonly clientId: Promise<unknown>;
  pending?: Promise<void>;
  /** Whether the pending read may wait. */
  blocks?: boolean;
  hasFailed?: boolean;
  outcome?: { readonly reply: unknown } | { readonly error: unknown };
}

const UNBLOCK_MS = 200;

/**
 * Blocking reads on connections of their own. A blocking read is finite, and one that still does not return (a
 * half-open connection, a stalled proxy) is given up together with its connection.
 */
export class BlockingReads {
  /** On a cluster: by key. A read there may go on in the background. */
  private readonly lanes = new Map<string, Lane>();
  /** On a single server: the connections that nobody reads from at the moment. */
  private readonly idle: Lane[] = [];
  private readonly busy = new Set<Lane>();
  private readonly forget: () => void;

  constructor(
    private readonly connection: RedisConnection,
    private readonly purpose: string,
  ) {
    this.forget = connection.onClose(() => this.close());
  }

  /**
   * Replies that have arrived, at least one unless the time is up or the signal aborts. On a cluster a read may go
   * on in the background; the next call for its lane gets the reply.
   * @throws UnavailableError
   */
  async read(
    reads: readonly BlockingRead[],
    waitMs: number,
    signal?: AbortSignal,
  ): Promise<readonly unknown[]> {
    const [first] = reads;
    if (first === undefined) return [];
    if (!this.connection.isCluster) return this.readAlone(first, waitMs, signal);
    const block = this.blockOf(waitMs);
    const lanes = reads.map((read) => this.issue(this.laneOf(read.lane), read, block));
    // A read that does not block is soon answered; one that blocks has nothing, or it would have ended.
    if (block <= 0)
      await Promise.all(lanes.flatMap(({ blocks, pending }) => (blocks ? [] : (pending ?? []))));
    else if (!lanes.some(({ outcome }) => outcome !== undefined)) await firstOf(lanes, block, signal);
    return takeReplies(lanes);
  }

  close(): void {
    this.forget();
    for (const { redis } of [...this.lanes.values(), ...this.idle, ...this.busy]) redis.disconnect();
    this.lanes.clear();
    this.idle.length = 0;
  }

  /** A connection to a single server that nobody else uses until it is put back. */
  reserve(): Lane {
    const known = this.idle.pop();
    const lane = known?.redis.status === 'ready' ? known : this.newLane('');
    this.busy.add(lane);
    return lane;
  }

  /** A connection whose last read failed or did not end is closed. */
  putBack(lane: Lane): void {
    this.busy.delete(lane);
    if (lane.pending === undefined && !lane.hasFailed) this.idle.push(lane);
    else lane.redis.disconnect();
  }

  /** Nobody wants the reply of the read that was begun from it. */
  async discard(lane: Lane): Promise<void> {
    if (lane.pending !== undefined) await this.unblock(lane);
    delete lane.outcome;
    this.putBack(lane);
  }

  /** Begins a read from a reserved connection; the next call of {@link readFrom} for it gets the reply. */
  begin(lane: Lane, read: BlockingRead): void {
    this.issue(lane, read, this.connection.settings.maxBlockMs);
  }

  /** Replies of one read from a reserved connection, as {@link read} does. @throws UnavailableError */
  async readFrom(
    lane: Lane,
    read: BlockingRead,
    waitMs: number,
    signal?: AbortSignal,
  ): Promise<readonly unknown[]> {
    const block = this.blockOf(waitMs);
    const mayTakeLonger = lane.pending !== undefined;
    this.issue(lane, read, block);
    await firstOf([lane], block, signal, mayTakeLonger);
    if (lane.pending !== undefined) await this.unblock(lane);
    return takeReplies([lane]);
  }

  private async readAlone(
    read: BlockingRead,
    waitMs: number,
    signal?: AbortSignal,
  ): Promise<readonly unknown[]> {
    const lane = this.reserve();
    try {
      return await this.readFrom(lane, read, waitMs, signal);
    } finally {
      this.putBack(lane);
    }
  }

  private blockOf(waitMs: number): number {
    return Math.min(Math.ceil(waitMs), this.connection.settings.maxBlockMs);
  }

  private issue(lane: Lane, { command, head, tail }: BlockingRead, block: number): Lane {
    if (lane.pending !== undefined || lane.outcome !== undefined) return lane;
    const args = block > 0 ? [...head, 'BLOCK', block, ...tail] : [...head, ...tail];
    lane.blocks = block > 0;
    const { overdueMs, log } = this.connection.settings;
    const watchdog = setTimeout(
      () => {
        log.warn('a blocking read did not return; its connection is replaced', { purpose: this.purpose });
        lane.redis.disconnect();
      },
      Math.max(0, block) + overdueMs,
    );
    lane.pending = lane.redis
      .call(command, ...args)
      .then(
        (reply) => void (lane.outcome = { reply }),
        (error: unknown) => {
          lane.outcome = { error };
          lane.hasFailed = true;
        },
      )
      .finally(() => {
        clearTimeout(watchdog);
        delete lane.pending;
      });
    return lane;
  }

  private laneOf(key: string): Lane {
    const known = this.lanes.get(key);
    if (known !== undefined && (known.redis.status !== 'end' || known.outcome !== undefined)) return known;
    const lane = this.newLane(key);
    this.lanes.set(key, lane);
    return lane;
  }

  private newLane(key: string): Lane {
    const redis = this.connection.dedicated(key);
    return { redis, clientId: redis.call('CLIENT', 'ID').catch(() => undefined) };
  }

  /** Ends a read without losing what it may just have been given. */
  private async unblock({ pending, clientId }: Lane): Promise<void> {
    const id = await clientId;
    if (typeof id === 'number') await this.connection.send('CLIENT', 'UNBLOCK', id).catch(() => undefined);
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([pending, new Promise((resolve) => (timer = setTimeout(resolve, UNBLOCK_MS)))]);
    clearTimeout(timer);
  }
}

/** @param mayTakeLonger a read goes on from an earlier call, and may take longer than this call wants to wait */
async function firstOf(
  lanes: readonly Lane[],
  block: number,
  signal?: AbortSignal,
  mayTakeLonger = lanes.length > 1,
): Promise<void> {
  const pending = lanes.flatMap((lane) => lane.pending ?? []);
  if (pending.length === 0) return;
  let stop = (): void => undefined;
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  const timer = mayTakeLonger ? setTimeout(stop, Math.max(0, block)) : undefined;
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted === true) stop();
  await Promise.race([...pending, stopped]);
  clearTimeout(timer);
  signal?.removeEventListener('abort', stop);
}

/** Errors are kept for the next call as long as there are replies, which must not be lost. */
function takeReplies(lanes: readonly Lane[]): readonly unknown[] {
  const replies: unknown[] = [];
  for (const lane of lanes) {
    if (lane.outcome === undefined || !('reply' in lane.outcome)) continue;
    if (lane.outcome.reply !== null) replies.push(lane.outcome.reply);
    delete lane.outcome;
  }
  if (replies.length > 0) return replies;
  for (const lane of lanes) {
    if (lane.outcome === undefined) continue;
    const { error } = lane.outcome as { readonly error: unknown };
    delete lane.outcome;
    throw portError(error);
  }
  return replies;
}
