import type { JournalState, NodeState } from '../journal/fold';

export interface Bar {
  readonly kind: 'queued' | 'running' | 'waiting';
  readonly from: number;
  readonly to: number;
  /** How a running bar ended; undefined while it goes on. */
  readonly outcome?: 'COMPLETED' | 'FAILED' | 'TIMED_OUT' | 'RETRY' | undefined;
  readonly attempt: number;
}

export interface BarRow {
  readonly node: NodeState;
  readonly bars: readonly Bar[];
}

/** A row per node that has begun, in the order of their beginnings; what goes on reaches to `now`. */
export function barRows(state: JournalState, now: number): readonly BarRow[] {
  return [...state.nodes.values()]
    .filter((node) => node.firstAt !== undefined && node.status !== 'SKIPPED')
    .sort((a, b) => (a.firstAt ?? 0) - (b.firstAt ?? 0))
    .map((node) => ({ node, bars: barsOf(node, state.finishedAt ?? now) }));
}

function barsOf(node: NodeState, now: number): readonly Bar[] {
  const bars: Bar[] = [];
  const end = node.endedAt ?? now;
  if (node.waitingSince !== undefined) {
    bars.push({ kind: 'waiting', from: node.waitingSince, to: end, attempt: 1 });
  }
  node.attempts.forEach((attempt, index) => {
    const { scheduledAt, startedAt, finishedAt, backoffUntil, outcome } = attempt;
    const until = finishedAt ?? end;
    // A handler that reports no start (it ran inside the decider) has no queue to show either.
    const from = startedAt ?? (finishedAt === undefined ? until : scheduledAt);
    if (from > scheduledAt)
      bars.push({ kind: 'queued', from: scheduledAt, to: from, attempt: attempt.attempt });
    if (until > from || finishedAt !== undefined) {
      bars.push({ kind: 'running', from, to: until, outcome, attempt: attempt.attempt });
    }
    if (finishedAt !== undefined && backoffUntil !== undefined) {
      const next = node.attempts[index + 1]?.scheduledAt ?? Math.min(backoffUntil, end);
      if (next > finishedAt)
        bars.push({ kind: 'waiting', from: finishedAt, to: next, attempt: attempt.attempt });
    }
  });
  if (bars.length === 0 && node.firstAt !== undefined) {
    const outcome = node.status === 'FAILED' ? 'FAILED' : 'COMPLETED';
    bars.push({ kind: 'running', from: node.firstAt, to: end, outcome, attempt: 1 });
  }
  return bars;
}

/** A part of the time that an execution takes, in milliseconds since its start. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** How many bars go on at once, in each of `parts` equal parts of the time. */
export function load(rows: readonly BarRow[], start: number, span: number, parts: number): readonly number[] {
  const change = new Array<number>(parts + 1).fill(0);
  const partOf = (at: number): number =>
    Math.min(parts - 1, Math.max(0, Math.floor(((at - start) / span) * parts)));
  for (const { bars } of rows) {
    for (const bar of bars) {
      const [first, last] = [partOf(bar.from), partOf(bar.to)];
      change[first] = (change[first] ?? 0) + 1;
      change[last + 1] = (change[last + 1] ?? 0) - 1;
    }
  }
  let sum = 0;
  return change.slice(0, parts).map((by) => (sum += by));
}

/** The rows with something in the range. */
export function rowsWithin(
  rows: readonly BarRow[],
  start: number,
  { from, to }: TimeRange,
): readonly BarRow[] {
  return rows.filter(({ bars }) => bars.some((bar) => bar.to - start >= from && bar.from - start <= to));
}

/** About its middle; never shorter than a millisecond, never beyond `0` and `span`. */
export function zoomed({ from, to }: TimeRange, factor: number, span: number): TimeRange {
  const length = Math.min(span, Math.max(1, (to - from) / factor));
  const begin = Math.min(span - length, Math.max(0, (from + to - length) / 2));
  return { from: begin, to: begin + length };
}

/** Pixels: of a label, and how far the last may reach beyond the axis. */
const labelWidth = 70;
const overhang = 38;

/** Marks whose labels have room beside one another on an axis of that width. */
export function labelledTicks(range: TimeRange, width: number): readonly number[] {
  const { from, to } = range;
  const parts = Math.min(6, Math.max(1, Math.floor(width / labelWidth)));
  return ticks(range, parts).filter(
    (tick) => ((tick - from) / (to - from)) * width <= width - labelWidth + overhang,
  );
}

/** Round steps (1, 2, 5 × 10^n) for about `parts` marks. */
export function ticks({ from, to }: TimeRange, parts: number): readonly number[] {
  const rough = Math.max(1, (to - from) / parts);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? rough;
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, index) => (first + index) * step);
}
