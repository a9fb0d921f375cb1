import type { Command, EventStream, InboundEntry, Offset, ReadRequest } from '@workflow-engine/execution';
import { partitionOf } from '@workflow-engine/execution';

import { BlockingReads } from './connection/blocking-reads';
import type { RedisConnection } from './connection/redis-connection';
import { type StreamEntry, entriesOf, isAfter } from './encoding/stream-reply';
import { packetsOf } from './encoding/task-packet';

/** Before the first entry of every stream. */
const BEGINNING = '0-0';

interface Outgoing {
  readonly commands: string[];
  readonly sent: Promise<void>;
}

/** One inbound stream per partition; an entry carries the commands that arrived in the same turn, up to 50. */
export class RedisEventStream implements EventStream {
  private readonly reads: BlockingReads;
  private outgoing = new Map<number, Outgoing>();
  private flush: Promise<void> | undefined;

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

  async read({ after, limit, waitMs, signal }: ReadRequest): Promise<readonly InboundEntry[]> {
    const partitions = new Map<string, number>();
    const reads = this.connection.readableTogether(after.keys()).map((group) => {
      const keys = group.map((partition) => {
        const { inbound } = this.connection.keys.partition(partition);
        partitions.set(inbound, partition);
        return inbound;
      });
      const offsets = group.map((partition) => after.get(partition) ?? BEGINNING);
      const lane = this.connection.isCluster ? (keys[0] ?? '') : 'all';
      return {
        lane,
        command: 'XREAD' as const,
        head: ['COUNT', limit],
        tail: ['STREAMS', ...keys, ...offsets],
      };
    });
    const found: InboundEntry[] = [];
    for (const [key, entries] of entriesOf(await this.reads.read(reads, waitMs, signal))) {
      const partition = partitions.get(key);
      if (partition === undefined) continue;
      const offset = after.get(partition) ?? BEGINNING;
      for (const entry of entries) {
        // A read that went on in the background may have begun before a later offset.
        if (isAfter(entry[0], offset)) found.push(await this.inboundEntry(partition, entry));
      }
    }
    return found;
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
