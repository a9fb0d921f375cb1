import type { Command, EventStream, InboundEntry, Offset, ReadRequest } from '@workflow-engine/execution';
import { partitionOf } from '@workflow-engine/execution';

import { type BlockingRead, BlockingReads, type Lane } from './connection/blocking-reads';
import type { RedisConnection } from './connection/redis-connection';
import { type StreamEntry, entriesOf, isAfter } from './encoding/stream-reply';
import { packetsOf } from './encoding/task-packet';

/** Before the first entry of every stream. */
const BEGINNING = '0-0';

interface Outgoing {
  readonly commands: string[];
  readonly sent: Promise<void>;
}

/** A read that was begun before it was asked for. */
interface EarlyRead {
  readonly lane: Lane;
  readonly after: ReadonlyMap<number, Offset | undefined>;
  readonly limit: number;
}

/** One inbound stream per partition; an entry carries the commands that arrived in the same turn, up to 50. */
export class RedisEventStream implements EventStream {
  private readonly reads: BlockingReads;
  private outgoing = new Map<number, Outgoing>();
  private flush: Promise<void> | undefined;
  private early: EarlyRead | undefined;
  private turn = 0;

  constructor(private readonly connection: RedisConnection) {
    this.reads = new BlockingReads(connection, 'inbound commands');
  }

  async append(commands: readonly Command[]): Promise<void> {
    const { partitions } = this.connection.keys;
    const sent = new Set<Promise<void>>();
    for (const command of commands) {
      const outgoing = this.outgoingOf(partitionOf(command.executionId, partitions));
      outgoing.commands.push(JSON.stringify(command));
      sent.add(outgoing.sent);
    }
    await Promise.all(sent);
  }

  async read(request: ReadRequest): Promise<readonly InboundEntry[]> {
    const { after, limit, signal } = request;
    this.turn += 1;
    const partitions = new Map(
      Array.from(after.keys(), (partition) => [this.connection.keys.partition(partition).inbound, partition]),
    );
    const found: InboundEntry[] = [];
    for (const [key, entries] of entriesOf(await this.replies(request))) {
      const partition = partitions.get(key);
      if (partition === undefined) continue;
      const offset = after.get(partition) ?? BEGINNING;
      for (const entry of entries) {
        // A read that went on in the background may have begun before a later offset.
        if (isAfter(entry[0], offset)) found.push(await this.inboundEntry(partition, entry));
      }
    }
    if (found.length > 0 && signal?.aborted !== true) this.readEarly(after, found, limit);
    return found;
  }

  private async replies({ after, limit, waitMs, signal }: ReadRequest): Promise<readonly unknown[]> {
    const reads = this.readsOf(after, limit);
    const [first] = reads;
    if (first === undefined || this.connection.isCluster) return this.reads.read(reads, waitMs, signal);
    const lane = this.takeEarly(after, limit) ?? this.reads.reserve();
    try {
      return await this.reads.readFrom(lane, first, waitMs, signal);
    } finally {
      this.reads.putBack(lane);
    }
  }

  private readsOf(after: ReadRequest['after'], limit: number): readonly BlockingRead[] {
    return this.connection.readableTogether(after.keys()).map((group) => {
      const keys = group.map((partition) => this.connection.keys.partition(partition).inbound);
      const offsets = group.map((partition) => after.get(partition) ?? BEGINNING);
      const lane = this.connection.isCluster ? (keys[0] ?? '') : 'all';
      return { lane, command: 'XREAD', head: ['COUNT', limit], tail: ['STREAMS', ...keys, ...offsets] };
    });
  }

  /**
   * The next read begins while what was found is handled, right behind what its handling sends: the answer to that may
   * come before anybody could ask for it.
   */
  private readEarly(after: ReadRequest['after'], found: readonly InboundEntry[], limit: number): void {
    const next = new Map(after);
    for (const { partition, offset } of found) next.set(partition, offset);
    const [read] = this.readsOf(next, limit);
    const { turn } = this;
    if (read === undefined || this.connection.isCluster) return;
    setImmediate(() => {
      if (this.turn !== turn || this.connection.isClosed) return;
      const lane = this.reads.reserve();
      this.reads.begin(lane, read);
      this.early = { lane, after: next, limit };
    });
  }

  /** Whoever asks for something else has not handled what was found, or has other partitions. */
  private takeEarly(after: ReadRequest['after'], limit: number): Lane | undefined {
    const { early } = this;
    this.early = undefined;
    if (early === undefined) return undefined;
    if (early.limit === limit && isSame(early.after, after)) return early.lane;
    void this.reads.discard(early.lane);
    return undefined;
  }

  private outgoingOf(partition: number): Outgoing {
    let outgoing = this.outgoing.get(partition);
    if (outgoing === undefined) {
      this.flush ??= new Promise((resolve) => setImmediate(resolve));
      const commands: string[] = [];
      outgoing = { commands, sent: this.flush.then(() => this.send(partition, commands)) };
      this.outgoing.set(partition, outgoing);
    }
    return outgoing;
  }

  private async send(partition: number, commands: readonly string[]): Promise<void> {
    // The first of a flush begins the next one.
    if (this.outgoing.get(partition)?.commands === commands) {
      this.outgoing = new Map();
      this.flush = undefined;
    }
    const { inbound } = this.connection.keys.partition(partition);
    const packets = packetsOf(commands, ({ length }) => length);
    await Promise.all(
      packets.map((packet) => this.connection.send('XADD', inbound, '*', 'c', `[${packet.join(',')}]`)),
    );
  }

  private async inboundEntry(partition: number, [id, fields]: StreamEntry): Promise<InboundEntry> {
    const offset: Offset = id;
    try {
      return { partition, offset, commands: commandsOf(fields) };
    } catch (error) {
      const { inbound, malformed } = this.connection.keys.partition(partition);
      await this.connection.run('setAside', [inbound, malformed], [id, String(error)]);
      this.connection.settings.log.error('an inbound entry cannot be read and was set aside', {
        stream: inbound,
        entry: id,
        set_aside_in: malformed,
        err: error,
      });
      return { partition, offset, commands: [] };
    }
  }
}

function commandsOf(fields: readonly string[]): readonly Command[] {
  const [name, json] = fields;
  if (name !== 'c' || json === undefined) throw new SyntaxError('the entry has no commands');
  const commands = JSON.parse(json) as unknown;
  if (!Array.isArray(commands) || !commands.every(isCommand)) throw new SyntaxError('not a list of commands');
  return commands;
}

function isCommand(value: unknown): value is Command {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    'executionId' in value &&
    typeof value.type === 'string' &&
    typeof value.executionId === 'string'
  );
}

function isSame(one: EarlyRead['after'], other: EarlyRead['after']): boolean {
  return one.size === other.size && [...one].every(([key, offset]) => other.get(key) === offset);
}
