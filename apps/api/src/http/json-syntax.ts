/**
 * Two looks at a JSON text that the built-in parser does not offer: how deep it nests, before anything is
 * built from it, and where exactly it stops being JSON. Both are iterative and linear.
 */

const quote = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Whether the text opens more than `limit` objects and arrays inside each other. Works on broken JSON too. */
export function nestsDeeperThan(bytes: ArrayLike<number>, limit: number): boolean {
  if (bytes.length <= limit) return false;
  let depth = 0;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index];
    if (byte === quote) index = endOfString(bytes, index);
    else if (byte === openBrace || byte === openBracket) {
      if (++depth > limit) return true;
    } else if (byte === closeBrace || byte === closeBracket) depth--;
  }
  return false;
}

function endOfString(bytes: ArrayLike<number>, start: number): number {
  let index = start + 1;
  while (index < bytes.length && bytes[index] !== quote) index += bytes[index] === backslash ? 2 : 1;
  return index;
}

export interface JsonFault {
  /** In characters from 0. */
  readonly offset: number;
  /** From 1, as editors count. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

type Expectation = 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'comma' | 'end';

const scalar = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const blank = /[ \t\n\r]*/y;

/** Where and why `JSON.parse` refused the text. Only called after it did. */
export function findJsonFault(text: string): JsonFault {
  const open: string[] = [];
  let expected: Expectation = 'value';
  let at = skipBlank(text, 0);
  for (; at < text.length; at = skipBlank(text, at)) {
    const character = text.charAt(at);
    if (expected === 'end') return fault(text, at, 'there is more after the end of the JSON value');
    if (expected === 'colon') {
      if (character !== ':') return fault(text, at, 'expected ":" after the key');
      expected = 'value';
      at++;
    } else if (expected === 'comma' || closes(character, expected)) {
      const closed = afterValue(character, open);
      if (closed === undefined) return fault(text, at, `expected "," or "${open.at(-1) ?? ''}"`);
      expected = closed;
      at++;
    } else if (character === '"') {
      const end = stringEnd(text, at);
      if (end.fault !== undefined) return fault(text, end.at, end.fault);
      expected = expected.startsWith('key') ? 'colon' : next(open);
      at = end.at;
    } else if (expected.startsWith('key')) {
      return fault(
        text,
        at,
        character === '}' ? 'a comma must not be the last' : 'expected a key in double quotes',
      );
    } else if (character === '{' || character === '[') {
      open.push(character === '{' ? '}' : ']');
      expected = character === '{' ? 'key or }' : 'value or ]';
      at++;
    } else {
      scalar.lastIndex = at;
      const match = scalar.exec(text);
      if (match === null) return fault(text, at, unexpected(character));
      expected = next(open);
      at += match[0].length;
    }
  }
  return fault(text, at, text.trim() === '' ? 'the text is empty' : 'the text ends too early');
}

function next(open: readonly string[]): Expectation {
  return open.length === 0 ? 'end' : 'comma';
}

function closes(character: string, expected: Expectation): boolean {
  return (expected === 'key or }' && character === '}') || (expected === 'value or ]' && character === ']');
}

/** What may follow a comma or a closing bracket; undefined when it is neither or the wrong one. */
function afterValue(character: string, open: string[]): Expectation | undefined {
  const closing = open.at(-1);
  if (character === ',') return closing === '}' ? 'key' : 'value';
  if (character !== closing) return undefined;
  open.pop();
  return next(open);
}

function stringEnd(text: string, start: number): { readonly at: number; readonly fault?: string } {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return { at: at + 1 };
    if (code < 0x20)
      return { at, fault: 'control characters in strings must be escaped (line break: "\\n")' };
    if (code === backslash) {
      const escape = /^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.exec(text.slice(at, at + 6));
      if (escape === null) return { at, fault: 'this escape sequence does not exist' };
      at += escape[0].length - 1;
    }
  }
  return { at: text.length, fault: 'the string is not closed' };
}

function unexpected(character: string): string {
  if (character === "'") return 'strings need double quotes';
  if (character === ']' || character === '}')
    return `unexpected "${character}"; a comma must not be the last`;
  if (character === '/') return 'comments are not allowed in JSON';
  return `unexpected ${JSON.stringify(character)}`;
}

function skipBlank(text: string, at: number): number {
  blank.lastIndex = at;
  return at + (blank.exec(text)?.[0].length ?? 0);
}

function fault(text: string, offset: number, message: string): JsonFault {
  let line = 1;
  let lineStart = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
    line++;
    lineStart = at + 1;
  }
  return { offset, line, column: offset - lineStart + 1, message };
}
