import type { Json } from '@workflow-engine/dag';

export interface JsonBounds {
  /** Characters of the value as JSON, about. */
  readonly maxChars: number;
  /** Levels of arrays and objects. */
  readonly maxDepth: number;
}

/**
 * Whether a value fits. Values that are put together from shared parts can be exponentially larger than what they
 * take in memory, and deeper than JSON can be written: this looks at no more of them than the bounds allow.
 */
export function exceeds(value: Json, { maxChars, maxDepth }: JsonBounds): 'depth' | 'size' | undefined {
  let left = maxChars;
  // Recursion is as deep as `maxDepth` at most.
  function look(part: Json, levels: number): 'depth' | 'size' | undefined {
    left -= typeof part === 'string' ? part.length + 2 : 2;
    if (left < 0) return 'size';
    if (typeof part !== 'object' || part === null) return undefined;
    if (levels === 0) return 'depth';
    if (Array.isArray(part)) return lookAtItems(part as readonly Json[], levels - 1);
    for (const [key, member] of Object.entries(part)) {
      left -= key.length + 3;
      const found = look(member, levels - 1);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  function lookAtItems(items: readonly Json[], levels: number): 'depth' | 'size' | undefined {
    for (const item of items) {
      const found = look(item, levels);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return look(value, maxDepth);
}
