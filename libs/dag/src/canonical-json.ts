import type { Json, JsonObject } from './definition';

/** A container being written: what is left of it, and what closes it. */
interface Open {
  readonly value: JsonObject | readonly Json[];
  /** Sorted; undefined for an array. */
  readonly keys: readonly string[] | undefined;
  readonly count: number;
  next: number;
}

/**
 * The one text of a JSON value, whatever order its keys came in: keys sorted by UTF-16 code units, no blanks,
 * numbers and strings as ECMAScript writes them (RFC 8785, JSON Canonicalization Scheme). Equal content gives
 * equal text, so a hash of it can stand for the content. Iterative: nesting costs memory, never the stack.
 */
export function canonicalJson(value: Json): string {
  if (!isContainer(value)) return JSON.stringify(value);
  /** `"key":` by key, because the same few keys come again in every node. */
  const labels = new Map<string, string>();
  const stack: Open[] = [open(value)];
  const text = new TextInPieces();
  text.add(bracket(value, '[', '{'));
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    if (top.next === top.count) {
      text.add(bracket(top.value, ']', '}'));
      stack.pop();
      continue;
    }
    const index = top.next++;
    if (index > 0) text.add(',');
    const key = top.keys?.[index];
    if (key !== undefined) text.add(labelOf(key, labels));
    const child = key === undefined ? (top.value as readonly Json[])[index] : (top.value as JsonObject)[key];
    if (child !== undefined && isContainer(child)) {
      text.add(bracket(child, '[', '{'));
      stack.push(open(child));
    } else text.add(typeof child === 'string' ? quoted(child) : JSON.stringify(child ?? null));
  }
  return text.whole();
}

/** Joins early what is complete: millions of small pieces kept to the end cost most of the time in the collector. */
class TextInPieces {
  private readonly joined: string[] = [];
  private recent: string[] = [];

  add(piece: string): void {
    this.recent.push(piece);
    if (this.recent.length === 4_096) this.join();
  }

  whole(): string {
    this.join();
    return this.joined.join('');
  }

  private join(): void {
    this.joined.push(this.recent.join(''));
    this.recent = [];
  }
}

function isContainer(value: Json): value is JsonObject | readonly Json[] {
  return typeof value === 'object' && value !== null;
}

function open(value: JsonObject | readonly Json[]): Open {
  if (Array.isArray(value)) return { value, keys: undefined, count: value.length, next: 0 };
  const keys = sorted(Object.keys(value));
  return { value, keys, count: keys.length, next: 0 };
}

/** In place. Most objects have few keys, for which this beats the general sort by far. */
function sorted(keys: string[]): string[] {
  if (keys.length > 16) return keys.sort();
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i] ?? '';
    let slot = i;
    for (; slot > 0 && (keys[slot - 1] ?? '') > key; slot--) keys[slot] = keys[slot - 1] ?? '';
    keys[slot] = key;
  }
  return keys;
}

/** Only these need no escape for certain; a call of the general function costs ten times as much. */
const plain = /^[ !#-[\]-~]*$/;

function quoted(text: string): string {
  return text.length < 100 && plain.test(text) ? `"${text}"` : JSON.stringify(text);
}

function bracket(value: JsonObject | readonly Json[], ofArray: string, ofObject: string): string {
  return Array.isArray(value) ? ofArray : ofObject;
}

function labelOf(key: string, labels: Map<string, string>): string {
  const known = labels.get(key);
  if (known !== undefined) return known;
  const label = `${JSON.stringify(key)}:`;
  labels.set(key, label);
  return label;
}
