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
    bars.push({ kind: 'running', from: node.firstAt, to: end, outcome: 'COMPLETED', attempt: 1 });
  }
  return bars;
}

/** Round steps (1, 2, 5 × 10^n) for about `parts` marks. */
export function ticks(span: number, parts: number): readonly number[] {
  const rough = Math.max(1, span / parts);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? rough;
  return Array.from({ length: Math.floor(span / step) + 1 }, (_, index) => index * step);
}
