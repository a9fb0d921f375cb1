import type { JournalEvent, JournalSlice } from '@workflow-engine/execution';

/** A slice as it is stored: a header for the outbox and the feed, and the element of the hot journal. */
export interface PackedSlice {
  readonly header: string;
  /** `first:last:events`, the events being a JSON array. */
  readonly element: string;
}

export function packSlice({ executionId, events, terminal }: JournalSlice): PackedSlice {
  const first = events[0]?.seq ?? 0;
  const last = events.at(-1)?.seq ?? 0;
  return {
    header: JSON.stringify([executionId, terminal ? 1 : 0]),
    element: `${first}:${last}:${JSON.stringify(events)}`,
  };
}

/** What the outbox and the feed say about a slice. Large ones are left in the hot journal. */
export interface SliceNote {
  readonly executionId: string;
  readonly terminal: boolean;
  readonly first: number;
  readonly last: number;
  readonly events: readonly JournalEvent[] | undefined;
}

/** @throws SyntaxError when it was not packed here */
export function unpackNote(header: string, element: string): SliceNote {
  const [executionId, terminal] = JSON.parse(header) as readonly unknown[];
  if (typeof executionId !== 'string') throw new SyntaxError('no journal slice');
  return { executionId, terminal: terminal === 1, ...unpackElement(element) };
}

/** An entry of the outbox: the turn of the commit, then header and element of each slice. @throws SyntaxError */
export function unpackOutboxEntry(fields: readonly string[]): {
  readonly turn: number;
  readonly notes: readonly SliceNote[];
} {
  if (fields[0] !== 'turn') throw new SyntaxError('no entry of the outbox');
  const notes: SliceNote[] = [];
  for (let index = 2; index + 1 < fields.length; index += 2)
    notes.push(unpackNote(fields[index] ?? '', fields[index + 1] ?? ''));
  return { turn: Number(fields[1]), notes };
}

/** @throws SyntaxError when it was not packed here */
export function unpackElement(element: string): Pick<SliceNote, 'first' | 'last' | 'events'> {
  const head = /^(\d+):(\d+):/.exec(element);
  if (head === null) throw new SyntaxError('no journal element');
  const json = element.slice(head[0].length);
  return {
    first: Number(head[1]),
    last: Number(head[2]),
    events: json === '' ? undefined : (JSON.parse(json) as readonly JournalEvent[]),
  };
}
