import type { JournalEvent, JournalSlice } from '@workflow-engine/execution';

/** A slice as an element of its hot journal: `first:last:terminal:events`, the events being a JSON array. */
export function packSlice({ events, terminal }: JournalSlice): string {
  const first = events[0]?.seq ?? 0;
  const last = events.at(-1)?.seq ?? 0;
  return `${first}:${last}:${terminal ? 1 : 0}:${JSON.stringify(events)}`;
}

/** What the outbox and the feed say about a slice, beside the key of its journal. Large ones are left there. */
export interface SliceNote {
  readonly terminal: boolean;
  readonly first: number;
  readonly last: number;
  readonly events: readonly JournalEvent[] | undefined;
}

/** @throws SyntaxError when it was not packed here */
export function unpackSlice(element: string): SliceNote {
  const head = /^(\d+):(\d+):([01]):/.exec(element);
  if (head === null) throw new SyntaxError('no journal element');
  const json = element.slice(head[0].length);
  return {
    first: Number(head[1]),
    last: Number(head[2]),
    terminal: head[3] === '1',
    events: json === '' ? undefined : (JSON.parse(json) as readonly JournalEvent[]),
  };
}
