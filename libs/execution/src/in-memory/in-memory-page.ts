import { InvalidCursorError } from '../errors';
import type { Page, PageRequest } from '../ports/definition-repository';

export interface SortedList<Item> {
  /** Heads the cursors, so that a cursor of one list is refused by another. */
  readonly list: string;
  readonly order: 'ascending' | 'descending';
  /** Unique, and in the order of the list when compared as text. */
  readonly key: (item: Item) => string;
}

/** Keyset pagination over items in any order. */
export function pageOf<Item>(
  items: readonly Item[],
  { list, order, key }: SortedList<Item>,
  { limit, cursor }: PageRequest,
): Page<Item> {
  const after = cursor === undefined ? undefined : keyIn(list, cursor);
  const sign = order === 'ascending' ? 1 : -1;
  const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -sign : sign);
  const following = items
    .filter((item) => after === undefined || compare(key(item), after) > 0)
    .sort((a, b) => compare(key(a), key(b)));
  const shown = following.slice(0, limit);
  const last = shown.at(-1);
  const nextCursor = following.length > limit && last !== undefined ? `${list}:${key(last)}` : null;
  return { items: shown, nextCursor };
}

function keyIn(list: string, cursor: string): string {
  if (!cursor.startsWith(`${list}:`)) throw new InvalidCursorError();
  return cursor.slice(list.length + 1);
}
