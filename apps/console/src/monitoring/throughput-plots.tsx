import type { Statistics, StatisticsInterval } from '@workflow-engine/contracts';

import { count, duration } from '../ui/format';
import { StatusIcon } from '../ui/status';
import { Plot } from './plot';
import { sumOf } from './totals';
import { type Window, windows } from './windows';

interface ThroughputPlotsProps {
  readonly statistics: Statistics | undefined;
  readonly window: Window;
}

/** What started and ended, and how long it took. */
export function ThroughputPlots({ statistics, window }: ThroughputPlotsProps) {
  const intervals = statistics?.intervals ?? [];
  const [from, to] = statistics
    ? [Date.parse(statistics.since), Date.parse(statistics.until)]
    : [Date.now() - windows[window].ms, Date.now()];
  const starts = intervals.map(({ start }) => Date.parse(start));
  const halfAnInterval = (to - from) / intervals.length / 2;
  const middles = starts.map((start) => start + halfAnInterval);
  const valuesOf = (value: (interval: StatisticsInterval) => number | null) => intervals.map(value);
  const failed = ({ failed: failures, timed_out: late }: StatisticsInterval): number => failures + late;
  const [completed, failures] = [sumOf(intervals, ({ completed: n }) => n), sumOf(intervals, failed)];
  const cancelled = sumOf(intervals, (interval) => interval.cancelled);
  const slowest = Math.max(...intervals.map(({ p95_ms: ms }) => ms ?? -1));
  const latest = intervals.findLast(({ p50_ms: ms }) => ms !== null);
  const { name, each } = windows[window];
  return (
    <>
      <Plot
        title="Executions that ended"
        note={`per ${each}`}
        times={starts}
        from={from}
        to={to}
        least={4}
        unit="count"
        summary={`in the last ${name}, ${count(completed)} completed, ${count(failures)} failed or timed out, ${count(cancelled)} were cancelled`}
        series={[
          {
            name: 'failed or timed out',
            icon: <StatusIcon status="FAILED" size={13} />,
            colour: '--failed',
            kind: 'bars',
            values: valuesOf(failed),
            total: failures,
          },
          {
            name: 'completed',
            icon: <StatusIcon status="COMPLETED" size={13} />,
            colour: '--completed',
            kind: 'bars',
            soft: true,
            values: valuesOf((interval) => interval.completed),
            total: completed,
          },
          {
            name: 'cancelled',
            icon: <StatusIcon status="CANCELLED" size={13} />,
            colour: '--pending',
            kind: 'bars',
            values: valuesOf((interval) => interval.cancelled),
            total: cancelled,
          },
        ]}
      />
      <Plot
        title="Time to complete"
        note={`per ${each}`}
        times={middles}
        from={from}
        to={to}
        least={10}
        unit="duration"
        summary={
          latest?.p50_ms == null
            ? `nothing completed in the last ${name}`
            : `lately half took at most ${duration(latest.p50_ms)} and 95 % at most ${duration(latest.p95_ms ?? 0)}; the slowest 95 % of the last ${name}, ${duration(slowest)}`
        }
        series={[
          {
            name: 'median',
            colour: '--running',
            kind: 'line',
            values: valuesOf(({ p50_ms: ms }) => ms),
            total: latest?.p50_ms ?? null,
          },
          {
            name: '95 %',
            colour: '--waiting',
            kind: 'dashes',
            values: valuesOf(({ p95_ms: ms }) => ms),
            total: latest?.p95_ms ?? null,
          },
        ]}
      />
    </>
  );
}
