import type { StatisticsInterval } from '@workflow-engine/contracts';

import { count } from '../ui/format';

/** Where the engine stops counting. */
const many = 1_000;

/** "1,000+": as many or more. */
export function boundedCount(value: number): string {
  return value >= many ? `${count(many)}+` : count(value);
}

export function sumOf(
  intervals: readonly StatisticsInterval[],
  value: (interval: StatisticsInterval) => number,
): number {
  return intervals.reduce((sum, interval) => sum + value(interval), 0);
}
