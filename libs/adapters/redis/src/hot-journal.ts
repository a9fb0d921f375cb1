import type { JournalEvent, OutboxSlice } from '@workflow-engine/execution';
import { JournalSection } from '@workflow-engine/execution';

import type { RedisConnection } from './connection/redis-connection';
import { unpackSlice } from './encoding/journal-slice';

export type NotedSlice = Pick<OutboxSlice, 'executionId' | 'terminal' | 'section'>;

/**
 * A slice of which the outbox or the feed has the key of its journal and what is known of the element there. Events of a
 * large one are read from the journal; when that is gone, they were archived before.
 * @throws SyntaxError when they were not written by `commit.lua`
 */
export async function noted(
  connection: RedisConnection,
  journal: string,
  element: string,
): Promise<NotedSlice> {
  const executionId = connection.keys.executionOf(journal);
  if (executionId === undefined) throw new SyntaxError('no key of a journal');
  const { first, last, terminal, section } = unpackSlice(element);
  if (section !== undefined) return { executionId, terminal, section };
  const elements = (await connection.run('readJournal', [journal], [first - 1])) as readonly string[] | null;
  const found = eventsOf(elements ?? []).filter(({ seq }) => seq >= first && seq <= last);
  return { executionId, terminal, section: JournalSection.of(found) };
}

/** Of elements of a hot journal. @throws SyntaxError */
export function eventsOf(elements: readonly string[]): readonly JournalEvent[] {
  return elements.flatMap((element) => unpackSlice(element).section?.events ?? []);
}
