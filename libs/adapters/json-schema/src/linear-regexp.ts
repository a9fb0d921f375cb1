import type { RegExpLike } from 'ajv/dist/types';
import { RE2JS } from 're2js';

/**
 * Patterns of users' schemas, matched in time linear in the text (RE2), so that no `(a+)+$` can hang a process.
 * The price: no look-around and no back-references.
 */
export function linearRegExp(pattern: string): RegExpLike {
  return new LinearRegExp(pattern);
}
/** Only read when Ajv writes standalone code, which we never ask for. */
linearRegExp.code = 'linearRegExp';

class LinearRegExp implements RegExpLike {
  private readonly compiled: RE2JS;

  constructor(private readonly pattern: string) {
    this.compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
  }

  test(text: string): boolean {
    return this.compiled.test(text);
  }

  /** Ajv's key when two keywords share a pattern. */
  toString(): string {
    return this.pattern;
  }
}

/** Why RE2 refuses a pattern, or undefined when it doesn't. */
export function patternProblem(pattern: string, maxLength: number): string | undefined {
  if (pattern.length > maxLength) return `it is longer than ${maxLength} characters`;
  try {
    linearRegExp(pattern);
    return undefined;
  } catch (error) {
    if (/\(\?<?[=!]/.test(pattern))
      return 'look-ahead and look-behind are not supported (matching is linear-time)';
    if (/\\[1-9k]/.test(pattern)) return 'back-references are not supported (matching is linear-time)';
    return error instanceof Error ? error.message : 'it is no regular expression';
  }
}
