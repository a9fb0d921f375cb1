import type { Json, JsonObject } from './definition';

/** A container being written: what is left of it, and what closes it. */
interface Open {
  readonly value: JsonObject | readonly Json[];
  /** Sorted; undefined for an array. */
  readonly keys: readonly string[] | undefined;
  next: number;
}

/**
 * The one text of a JSON value, whatever order its keys came in: keys sorted by UTF-16 code units, no blanks,
 * numbers and strings as ECMAScript writes them (RFC 8785, JSON Canonicalization Scheme). Equal content gives
 * equal text, so a hash of it can stand for the content. Iterative: nesting costs memory, never the stack.
 */
export function canonicalJson(value: Json): string {
  if (!isContainer(value)) return JSON.stringify(value);
  const parts: string[] = [];
  const stack: Open[] = [open(value, parts)];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const index = top.next++;
    const key = top.keys?.[index];
    if (index >= (top.keys ?? (top.value as readonly Json[])).length) {
      parts.push(top.keys === undefined ? ']' : '}');
      stack.pop();
      continue;
    }
    if (index > 0) parts.push(',');
    if (key !== undefined) parts.push(JSON.stringify(key), ':');
    const child = key === undefined ? (top.value as readonly Json[])[index] : (top.value as JsonObject)[key];
    if (child !== undefined && isContainer(child)) stack.push(open(child, parts));
    else parts.push(JSON.stringify(child ?? null));
  }
  return parts.join('');
}

function isContainer(value: Json): value is JsonObject | readonly Json[] {
  return typeof value === 'object' && value !== null;
}

function open(value: JsonObject | readonly Json[], parts: string[]): Open {
  const isArray = Array.isArray(value);
  parts.push(isArray ? '[' : '{');
  return { value, keys: isArray ? undefined : Object.keys(value).sort(), next: 0 };
}
