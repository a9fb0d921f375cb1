/** Pure paths such as `a.output.items[0].name`: nearly all expressions, and they need no CEL. */
import type { Step } from './access';

export interface Path {
  readonly root: string;
  readonly steps: readonly Step[];
  /** Offset of the root in the expression. */
  readonly start: number;
}

const PATH =
  /^\s*([A-Za-z_][A-Za-z0-9_]*)((?:\.[A-Za-z_][A-Za-z0-9_]*|\[(?:\d{1,9}|"[^"\\\n\r]*"|'[^'\\\n\r]*')\])*)\s*$/;
const STEP = /\.([A-Za-z_][A-Za-z0-9_]*)|\[(?:(\d{1,9})|"([^"]*)"|'([^']*)')\]/g;
const MAX_STEPS = 100;

/** Words that mean something else to CEL; an expression with one of them is left to its parser. */
const KEYWORDS = new Set(['true', 'false', 'null', 'in']);
export const RESERVED_WORDS: ReadonlySet<string> = new Set([
  ...['as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop'],
  ...['package', 'namespace', 'return', 'var', 'void', 'while', '__proto__', 'prototype'],
]);

/** The path that this expression is, or `undefined` if it is more than a path. */
export function parsePath(source: string): Path | undefined {
  const match = PATH.exec(source);
  const root = match?.[1];
  if (match === null || root === undefined || KEYWORDS.has(root) || RESERVED_WORDS.has(root)) return undefined;
  const steps: Step[] = [];
  for (const [, field, index, double, single] of (match[2] ?? '').matchAll(STEP)) {
    if (field !== undefined && KEYWORDS.has(field)) return undefined;
    steps.push(index === undefined ? (field ?? double ?? single ?? '') : Number(index));
  }
  return steps.length > MAX_STEPS ? undefined : { root, steps, start: source.indexOf(root) };
}
