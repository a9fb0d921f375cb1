/** Pure paths such as `a.output.items[0].name`: nearly all expressions, and they need no CEL. */
import type { Step } from './access';

export interface Path {
  readonly root: string;
  readonly steps: readonly Step[];
  /** Offset of the root in the expression. */
  readonly start: number;
}

const MAX_STEPS = 100;
const DOT = 46;
const OPEN_BRACKET = 91;
/** `[0]`, `["key"]` or `['key']`, without escapes. */
const BRACKET = /\[(?:(\d{1,9})|"([^"\\\n\r]*)"|'([^'\\\n\r]*)')\]/y;

/** Words that mean something else to CEL; an expression with one of them is left to its parser. */
const KEYWORDS = new Set(['true', 'false', 'null', 'in']);
export const RESERVED_WORDS: ReadonlySet<string> = new Set([
  ...['as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop'],
  ...['package', 'namespace', 'return', 'var', 'void', 'while', '__proto__', 'prototype'],
]);

/** The path that this expression is, or `undefined` if it is more than a path. */
export function parsePath(source: string): Path | undefined {
  const text = source.trimEnd();
  const start = text.length - text.trimStart().length;
  let at = endOfIdentifier(text, start);
  const root = text.slice(start, at);
  if (root === '' || KEYWORDS.has(root) || RESERVED_WORDS.has(root)) return undefined;
  const steps: Step[] = [];
  while (at < text.length && steps.length < MAX_STEPS) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      const end = endOfIdentifier(text, at + 1);
      const field = text.slice(at + 1, end);
      if (field === '' || KEYWORDS.has(field)) return undefined;
      steps.push(field);
      at = end;
    } else if (code === OPEN_BRACKET) {
      BRACKET.lastIndex = at;
      const match = BRACKET.exec(text);
      if (match === null) return undefined;
      steps.push(match[1] === undefined ? (match[2] ?? match[3] ?? '') : Number(match[1]));
      at += match[0].length;
    } else {
      return undefined;
    }
  }
  return at === text.length ? { root, steps, start } : undefined;
}

function endOfIdentifier(text: string, start: number): number {
  let at = start;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
    if (!isLetter && !(at > start && code >= 48 && code <= 57)) break;
  }
  return at;
}
