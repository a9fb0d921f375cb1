/** `matches` in linear time (RE2), whatever the pattern: JavaScript's own engine backtracks for minutes. */
import { RE2JS } from 're2js';
import { ExpressionError } from '../errors';
import type { Meter } from '../limits';

const MAX_PATTERN_LENGTH = 512;
const CACHED_PATTERNS = 256;

interface Pattern {
  readonly expression: RE2JS;
  /** Proportional to the size of the automaton: RE2 needs time in text length x this, in the worst case. */
  readonly weight: number;
}

const cache = new Map<string, Pattern>();

/** True if the pattern (RE2 syntax) is found anywhere in the text. */
export function matches(text: string, source: string, meter: Meter): boolean {
  const pattern = compilePattern(source, meter);
  meter.spend(1 + Math.ceil((text.length * pattern.weight) / 8));
  return pattern.expression.matcher(text).find();
}

/** @throws ExpressionError when it is no RE2 pattern, or too large a one */
export function compilePattern(source: string, meter: Meter): Pattern {
  const known = cache.get(source);
  if (known !== undefined) return known;
  if (source.length > MAX_PATTERN_LENGTH) {
    throw new ExpressionError(`the pattern of matches() is longer than ${MAX_PATTERN_LENGTH} characters`);
  }
  const weight = source.length * (1 + repetitions(source));
  meter.spend(100 + weight);
  const pattern = { expression: parse(source), weight };
  if (cache.size >= CACHED_PATTERNS) cache.clear();
  cache.set(source, pattern);
  return pattern;
}

function parse(source: string): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ExpressionError(`the pattern of matches() is not valid RE2: ${reason}`);
  }
}

/** `x{1000}` is a thousand copies of x in the automaton (RE2 itself stops at 1,000). */
function repetitions(source: string): number {
  let total = 0;
  for (const [, least = '0', most = ''] of source.matchAll(/\{(\d{1,4})(?:,(\d{0,4}))?\}/g)) {
    total += Math.max(Number(least), Number(most));
  }
  return Math.min(total, 1000);
}
