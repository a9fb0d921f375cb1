import type { JournalSlice } from '@workflow-engine/execution';
import { JournalSection } from '@workflow-engine/execution';

/** A slice as an element of its hot journal: `first:last:kind:events`, the events being a JSON array. */
export function packSlice({ events, terminal }: JournalSlice): string {
  const { first, last, isRoutine, json } = JournalSection.of(events);
  return `${first}:${last}:${kindOf(terminal, isRoutine)}:${json}`;
}

/** 1: with it the execution is terminal. 2: nothing but steps of nodes. 0: neither. */
function kindOf(terminal: boolean, isRoutine: boolean): number {
  if (terminal) return 1;
  return isRoutine ? 2 : 0;
}

/** What the outbox and the feed say about a slice, beside the key of its journal. Large ones are left there. */
export interface SliceNote {
  readonly terminal: boolean;
  readonly first: number;
  readonly last: number;
  readonly section: JournalSection | undefined;
}

/** @throws SyntaxError when it was not packed here */
export function unpackSlice(element: string): SliceNote {
  const head = /^(\d+):(\d+):([012]):/.exec(element);
  if (head === null) throw new SyntaxError('no journal element');
  const [first, last, kind] = [Number(head[1]), Number(head[2]), head[3]];
  const json = element.slice(head[0].length);
  const section = json === '' ? undefined : JournalSection.written(first, last, kind === '2', json);
  return { first, last, terminal: kind === '1', section };
}
