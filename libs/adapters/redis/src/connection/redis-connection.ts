import type { Log } from '@workflow-engine/execution';
import { UnavailableError } from '@workflow-engine/execution';
import { Cluster, Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';

import { isReply, portError } from '../errors';
import type { Keys } from '../keys';
import { slotOf } from './cluster-slot';
import { type ScriptName, scriptOf } from '../scripts/script';

export interface ConnectionSettings {
  readonly log: Log;
  /** Longest blocking read, in milliseconds. */
  readonly maxBlockMs: number;
  /** A blocking read overdue by so many milliseconds is given up. */
  readonly overdueMs: number;
}

export type Argument = string | number;

export interface ScriptCall {
  readonly keys: readonly string[];
  readonly args: readonly Argument[];
}

/** Before a connection is made again that was given up. */
const CONNECT_AGAIN_MS = 100;

/** Keys that one step of a scan looks at. */
const SCAN_COUNT = 1000;

/**
 * One connection for commands (what one callback of the event loop sends goes out in one write), and further ones for
 * blocking reads, which would hold up everything behind them.
 */
export class RedisConnection {
  readonly isCluster: boolean;
  private readonly closers = new Set<() => void>();
  private readonly dedicatedOnes = new Set<Redis>();
  private closed = false;
  private isGathering = false;

  constructor(
    private readonly commands: Redis | Cluster,
    readonly keys: Keys,
    readonly settings: ConnectionSettings,
  ) {
    this.isCluster = commands instanceof Cluster;
    let wasLost = false;
    commands.on('error', (error: unknown) => {
      if (!wasLost) settings.log.warn('the connection to Redis has a fault', { err: error });
      wasLost = true;
    });
    commands.on('ready', () => {
      if (wasLost) settings.log.info('the connection to Redis is back');
      wasLost = false;
    });
    // ioredis gives up for good when a Sentinel tells of a failover while it is connecting.
    commands.on('end', () => {
      if (!this.closed) setTimeout(() => this.connectAgain(), CONNECT_AGAIN_MS);
    });
    // Where it comes back, another server may be the master: nobody must go on waiting for the former one.
    commands.on('close', () => {
      for (const redis of this.dedicatedOnes) redis.disconnect();
    });
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** @throws UnavailableError */
  async send(command: string, ...args: readonly Argument[]): Promise<unknown> {
    try {
      return await this.issue(command, args);
    } catch (error) {
      throw portError(error);
    }
  }

  /**
   * Runs a script on the node that has its keys. A node that does not know the script (a restart, a failover,
   * `SCRIPT FLUSH`) gets its source.
   */
  async run(name: ScriptName, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    const { sha, source } = scriptOf(name);
    try {
      return await this.issue('EVALSHA', [sha, keys.length, ...keys, ...args]);
    } catch (error) {
      if (!isReply(error, 'NOSCRIPT')) throw portError(error);
    }
    try {
      return await this.issue('EVAL', [source, keys.length, ...keys, ...args]);
    } catch (error) {
      throw portError(error);
    }
  }

  /** Partitions that one command may read together: all of them, or on a cluster each for itself. */
  readableTogether(partitions: Iterable<number>): readonly (readonly number[])[] {
    const all = [...partitions];
    if (all.length === 0) return [];
    return this.isCluster ? all.map((partition) => [partition]) : [all];
  }

  /** A connection of its own to the node that has `key`. It does not reconnect: whoever blocks on it makes a new one. */
  dedicated(key: string): Redis {
    if (this.closed) throw new UnavailableError('the connection to Redis was closed');
    const options = {
      retryStrategy: () => null,
      sentinelRetryStrategy: () => null,
      failoverDetector: false,
      maxRetriesPerRequest: 0,
      enableAutoPipelining: false,
      autoResendUnfulfilledCommands: false,
      // A blocking read has its own watch.
      commandTimeout: undefined,
      socketTimeout: undefined,
    } satisfies RedisOptions;
    const redis =
      this.commands instanceof Cluster
        ? new Redis({ ...addressOf(masterOf(key, this.commands)), ...options })
        : this.commands.duplicate({ ...options });
    redis.on('error', () => undefined);
    this.dedicatedOnes.add(redis);
    redis.once('end', () => this.dedicatedOnes.delete(redis));
    return redis;
  }

  /**
   * Keys that match a pattern, in portions, on the node that has `key`. Those that are there all the time are found.
   * @throws UnavailableError
   */
  async *scan(key: string, pattern: string): AsyncGenerator<readonly string[]> {
    const node = this.commands instanceof Cluster ? masterOf(key, this.commands) : this.commands;
    let cursor = '0';
    do {
      try {
        const [next, found] = await node.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT);
        cursor = next;
        yield found;
      } catch (error) {
        throw portError(error);
      }
    } while (cursor !== '0');
  }

  async infoOfMasters(section = 'default'): Promise<readonly string[]> {
    if (!(this.commands instanceof Cluster)) return [String(await this.send('INFO', section))];
    // Knows its nodes only when it is ready.
    await this.send('GET', this.keys.partitionCount);
    return Promise.all(this.commands.nodes('master').map((node) => node.info(section)));
  }

  /** Called when the connection is closed. Returns how to take that back. */
  onClose(close: () => void): () => void {
    this.closers.add(close);
    return () => void this.closers.delete(close);
  }

  private issue(command: string, args: readonly Argument[]): Promise<unknown> {
    if (this.commands instanceof Redis) this.gatherWrites(this.commands);
    return this.commands.call(command, args as Argument[]);
  }

  /**
   * A write for each command would cost more than the command. Pipelines of ioredis, which a cluster has, do the same,
   * but each waits for all replies of the one before.
   */
  private gatherWrites({ status, stream }: Redis): void {
    if (this.isGathering || status !== 'ready') return;
    this.isGathering = true;
    stream.cork();
    process.nextTick(() => {
      this.isGathering = false;
      stream.uncork();
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const close of this.closers) close();
    this.commands.disconnect();
  }

  private connectAgain(): void {
    // Its events tell how it goes.
    if (!this.closed) this.commands.connect().catch(() => undefined);
  }
}

function masterOf(key: string, cluster: Cluster): Redis {
  const address = cluster.slots[slotOf(key)]?.[0];
  const nodes = cluster.nodes('master');
  const node = nodes.find(({ options: { host, port } }) => `${host ?? ''}:${port ?? ''}` === address);
  const master = node ?? nodes[0];
  if (master === undefined) throw new UnavailableError('no node of the Redis Cluster can be reached');
  return master;
}

function addressOf({ options: { host, port, username, password, tls } }: Redis) {
  return {
    protocol: 2 as const,
    connectTimeout: 5000,
    disableClientInfo: true,
    ...(host != null && { host }),
    ...(port != null && { port }),
    ...(username != null && { username }),
    ...(password != null && { password }),
    ...(tls != null && { tls }),
  };
}
