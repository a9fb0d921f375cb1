/** One entry of a stream: its id and its fields, `[name, value, name, value ...]`. */
export type StreamEntry = readonly [id: string, fields: readonly string[]];

/** What `XREAD` and `XREADGROUP` reply (RESP2): the entries of each stream that has some. */
export type StreamsReply = readonly (readonly [key: string, entries: readonly StreamEntry[]])[];

export function entriesOf(replies: readonly unknown[]): StreamsReply {
  return (replies as readonly StreamsReply[]).flat();
}

/** Orders stream ids `ms-sequence` (Redis manual, "Streams"). */
export function isAfter(id: string, other: string): boolean {
  const [ms, sequence] = partsOf(id);
  const [otherMs, otherSequence] = partsOf(other);
  return ms > otherMs || (ms === otherMs && sequence > otherSequence);
}

/** The smallest id after `id`. */
export function nextId(id: string): string {
  const [ms, sequence] = partsOf(id);
  return `${ms}-${sequence + 1}`;
}

/** When the entry was written, in epoch milliseconds by the server's clock. */
export function millisecondsOf(id: string): number {
  return partsOf(id)[0];
}

function partsOf(id: string): readonly [ms: number, sequence: number] {
  const dash = id.indexOf('-');
  return [Number(id.slice(0, dash)), Number(id.slice(dash + 1))];
}
