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
  return `${partition}|${entry}|${timeline}|${size}|${position}|${queue}`;
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
    const match = /^((\d+)\|(\d+-\d+)\|(\d+)\|(\d+))\|(\d+)\|(.*)$/s.exec(receipt);
    if (match === null) {
      unknown.push(index);
      continue;
    }
    const [, key = '', partition, entry = '', timeline = '', size, position, queue = ''] = match;
    const id = `${key}|${queue}`;
    let packet = packets.get(id);
    if (packet === undefined) {
      packet = {
        partition: Number(partition),
        entry,
        timeline,
        size: Number(size),
        queue,
        positions: [],
        indexes: [],
      };
      packets.set(id, packet);
      const others = byPartition.get(packet.partition);
      if (others === undefined) byPartition.set(packet.partition, [packet]);
      else others.push(packet);
    }
    packet.positions.push(Number(position));
    packet.indexes.push(index);
  }
  return { byPartition, unknown };
}
