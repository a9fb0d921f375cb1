/** Where a claimed task lies: a position (from 1) in an entry of a queue's stream. */
export interface PacketPosition {
  readonly partition: number;
  readonly entry: string;
  /** Tasks in the whole packet. */
  readonly size: number;
  readonly position: number;
  readonly queue: string;
}

export function receiptOf({ partition, entry, size, position, queue }: PacketPosition): string {
  return `${partition}|${entry}|${size}|${position}|${queue}`;
}

export interface Packet extends Omit<PacketPosition, 'position'> {
  readonly positions: number[];
}

/** Brings the positions of each packet together. Receipts that are none of ours are left out. */
export function packetsOfReceipts(receipts: readonly string[]): ReadonlyMap<number, readonly Packet[]> {
  const packets = new Map<string, Packet>();
  const byPartition = new Map<number, Packet[]>();
  for (const receipt of receipts) {
    const match = /^((\d+)\|(\d+-\d+)\|(\d+))\|(\d+)\|(.*)$/s.exec(receipt);
    if (match === null) continue;
    const [, key = '', partition, entry = '', size, position, queue = ''] = match;
    const id = `${key}|${queue}`;
    let packet = packets.get(id);
    if (packet === undefined) {
      packet = { partition: Number(partition), entry, size: Number(size), queue, positions: [] };
      packets.set(id, packet);
      const others = byPartition.get(packet.partition);
      if (others === undefined) byPartition.set(packet.partition, [packet]);
      else others.push(packet);
    }
    packet.positions.push(Number(position));
  }
  return byPartition;
}
