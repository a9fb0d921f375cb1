/** What stands for all values beyond the first so many. */
export const OTHER = 'other';

/**
 * Values of a label that people choose (names of handlers and queues, codes of errors), of which there may be any
 * number: Prometheus keeps a series for each, so only the first ones that come are told apart.
 */
export function boundedLabel(max: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= max) return OTHER;
    known.add(value);
    return value;
  };
}
