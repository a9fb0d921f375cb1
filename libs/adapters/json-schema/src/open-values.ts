import type { Json, JsonObject } from '@workflow-engine/dag';

/** Says of a string that its final value is not known yet (a template). */
export type IsOpen = (value: string) => boolean;

/** Charges a check's budget; throws when it is used up. */
export type Spend = (steps: number) => void;

/** Whether `value` is open or has an open string somewhere inside. */
export function hasOpen(value: unknown, isOpen: IsOpen, spend: Spend): boolean {
  const pending: unknown[] = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    spend(1);
    if (typeof next === 'string') {
      if (isOpen(next)) return true;
    } else if (typeof next === 'object' && next !== null) {
      for (const inner of Object.values(next)) pending.push(inner);
    }
  }
  return false;
}

/**
 * Whether `read` looks at an open string of `value`: it gets a copy whose open members are getters. A verdict
 * that never looked at one stands, whatever the open strings turn out to be.
 */
export function looksAtOpen(value: Json, isOpen: IsOpen, read: (copy: unknown) => void): boolean {
  if (typeof value === 'string') return isOpen(value);
  let looked = false;
  const copyOf = (source: Json): unknown => {
    if (typeof source !== 'object' || source === null) return source;
    const copy: object = Array.isArray(source) ? [] : {};
    for (const [key, inner] of Object.entries<Json>(source as JsonObject)) {
      const member =
        typeof inner === 'string' && isOpen(inner)
          ? { get: () => ((looked = true), inner) }
          : { value: copyOf(inner) };
      Object.defineProperty(copy, key, { ...member, enumerable: true, configurable: true });
    }
    return copy;
  };
  read(copyOf(value));
  return looked;
}
