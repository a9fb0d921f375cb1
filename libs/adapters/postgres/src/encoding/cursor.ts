import { InvalidCursorError } from '@workflow-engine/execution';

import { isId } from './identifiers';

/**
 * Opaque page cursors: the sort key of the last row given out, as base64url JSON, headed by the list it
 * belongs to.
 */
export function encodeCursor(list: string, key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([list, ...key])).toString('base64url');
}

/** @throws {InvalidCursorError} when `isKey` refuses what is in it, or it belongs to another list */
export function decodeCursor<Key extends readonly (string | number)[]>(
  list: string,
  cursor: string,
  isKey: (key: readonly unknown[]) => key is Key,
): Key {
  const [head, ...key] = parse(cursor);
  if (head !== list || !isKey(key)) throw new InvalidCursorError();
  return key;
}

/** Rows ordered by creation: ISO 8601 time, then id. */
export type CreationKey = readonly [createdAt: string, id: string];

export function isCreationKey(key: readonly unknown[]): key is CreationKey {
  const [createdAt, id] = key;
  return (
    key.length === 2 &&
    typeof createdAt === 'string' &&
    isIsoTime(createdAt) &&
    typeof id === 'string' &&
    isId(id)
  );
}

function parse(cursor: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}

function isIsoTime(text: string): boolean {
  const time = new Date(text);
  return !Number.isNaN(time.getTime()) && time.toISOString() === text;
}
