import { count, duration } from '../ui/format';

const decades = (digits: readonly number[], zeros: number): readonly number[] =>
  Array.from({ length: zeros }, (_, power) => digits.map((digit) => digit * 10 ** power)).flat();
const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** How a number is said, and the steps that its scale may have. */
export const units = {
  count: { format: count, steps: decades([1, 2, 5], 10) },
  duration: {
    format: duration,
    steps: [
      ...decades([1, 2, 5], 4),
      ...[10, 15, 30].map((seconds) => seconds * second),
      ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * minute),
      ...[1, 2, 6, 12, 24].map((hours) => hours * hour),
      ...decades([2, 5, 10], 4).map((days) => days * 24 * hour),
    ],
  },
} as const;

export type Unit = keyof typeof units;
