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

/** Why RE2 refuses a pattern, or undefined when it doesn't. Costs as much as {@link patternStates} says. */
export function patternProblem(pattern: string): string | undefined {
  try {
    linearRegExp(pattern);
    return undefined;
  } catch (error) {
    if (/\(\?<?[=!]/.test(pattern)) {
      return 'look-ahead and look-behind are not supported (matching is linear-time)';
    }
    if (/\\[1-9k]/.test(pattern)) return 'back-references are not supported (matching is linear-time)';
    return error instanceof Error ? error.message : 'it is no regular expression';
  }
}

const token = /\\.|\[(?:\\.|[^\]\\])*\]?|\{(\d{1,4})(?:,(\d{0,4}))?\}|[^]/gs;

/** About how many states a pattern compiles to. Counted repetitions multiply: `((a{10}){10}){10}` has 1,000. */
export function patternStates(pattern: string): number {
  const outer: number[] = [];
  let sum = 0;
  let last = 0;
  for (const [text, least, most] of pattern.matchAll(token)) {
    if (least !== undefined) {
      const times = Math.max(Number(least), Number(most ?? 0), 1);
      sum += last * (times - 1);
      last *= times;
    } else if (text === '(') {
      outer.push(sum);
      sum = 0;
    } else if (text === ')') {
      last = sum + 1;
      sum = last + (outer.pop() ?? 0);
    } else {
      last = 1;
      sum += 1;
    }
  }
  return outer.reduce((total, part) => total + part, sum);
}
