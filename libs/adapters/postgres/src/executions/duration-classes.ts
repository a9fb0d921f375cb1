/**
 * Durations in classes, each a little wider than the one before, so that a few numbers tell how thousands of durations
 * are distributed: as in Prometheus' native histograms, with four classes to each doubling.
 */
const classesPerDoubling = 4;

/** The class of a number of milliseconds, in SQL; 0: less than one. @param ms an expression of double precision */
export function durationClassOf(ms: string): string {
  return `CASE WHEN ${ms} < 1 THEN 0 ELSE 1 + floor(ln(${ms}) / ln(2) * ${classesPerDoubling})::integer END`;
}

/** In the middle of the class, in whole milliseconds: at most 10 % from every duration in it. */
export function durationOf(durationClass: number): number {
  return durationClass === 0 ? 0 : Math.round(2 ** ((durationClass - 0.5) / classesPerDoubling));
}

/** The duration that a share of all does not exceed, in milliseconds. @param counts by class; at least one */
export function quantileOf(counts: ReadonlyMap<number, number>, share: number): number {
  const sorted = [...counts].sort(([a], [b]) => a - b);
  let left = share * sorted.reduce((sum, [, count]) => sum + count, 0);
  const found = sorted.find(([, count]) => (left -= count) <= 0);
  return durationOf(found?.[0] ?? 0);
}
