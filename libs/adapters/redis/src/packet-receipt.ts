/** Where a claimed task lies: a position (from 1) in an entry of a queue's stream. */
export interface PacketPosition {
  readonly partition: number;
  readonly entry: string;
  /** Of the partition, when the task was claimed. */
  readonly timeline: string;
  /** Tasks in the whole packet. */
  readonly size: number;
  readonly position: number;
  readonly queue: string;
}

export function receiptOf({ partition, entry, timeline, size, position, queue }: PacketPosition): string {
  return `${partition}|${entry}|${timeline}|${size}|${queue}|${position}`;
}

export interface Packet extends Omit<PacketPosition, 'position'> {
  readonly positions: number[];
  /** Of the receipt of each position, among those that were given. */
  readonly indexes: number[];
}

export interface PacketsOfReceipts {
  readonly byPartition: ReadonlyMap<number, readonly Packet[]>;
  /** Indexes of receipts that are none of ours. */
  readonly unknown: readonly number[];
}

/** Brings the positions of each packet together. */
export function packetsOfReceipts(receipts: readonly string[]): PacketsOfReceipts {
  const packets = new Map<string, Packet>();
  const byPartition = new Map<number, Packet[]>();
  const unknown: number[] = [];
  for (const [index, receipt] of receipts.entries()) {
    const end = receipt.lastIndexOf('|');
    const name = receipt.slice(0, end);
    let packet = packets.get(name);
    if (packet === undefined) {
      packet = packetOf(name);
      if (packet === undefined) {
        unknown.push(index);
        continue;
      }
      packets.set(name, packet);
      const others = byPartition.get(packet.partition);
      if (others === undefined) byPartition.set(packet.partition, [packet]);
      else others.push(packet);
    }
    packet.positions.push(Number(receipt.slice(end + 1)));
    packet.indexes.push(index);
  }
  return { byPartition, unknown };
}

/** Of a receipt without its position; undefined when it is none of ours. */
function packetOf(name: string): Packet | undefined {
  const match = /^(\d+)\|(\d+-\d+)\|(\d+)\|(\d+)\|(.*)$/s.exec(name);
  if (match === null) return undefined;
  const [, partition, entry = '', timeline = '', size, queue = ''] = match;
  return {
    partition: Number(partition),
    entry,
    timeline,
    size: Number(size),
    queue,
    positions: [],
    indexes: [],
  };
}
