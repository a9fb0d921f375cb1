import type { TerminalStatus } from '../decider/status';
import type { Throughput, ThroughputRequest } from '../ports/execution-repository';

interface End {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly status: TerminalStatus;
  readonly durationMs: number;
}

/** When executions started and ended, for the execution repository. */
export class InMemoryThroughput {
  private readonly starts: number[] = [];
  private readonly ends: End[] = [];

  /** Times are ISO 8601. */
  noteStart(at: string): void {
    this.starts.push(Date.parse(at));
  }

  noteEnd(status: TerminalStatus, startedAt: string, finishedAt: string): void {
    const at = Date.parse(finishedAt);
    this.ends.push({ at, status, durationMs: Math.max(0, at - Date.parse(startedAt)) });
  }

  of({ since, intervalMs, intervals }: ThroughputRequest): readonly Throughput[] {
    return Array.from({ length: intervals }, (_, index) => {
      const from = since + index * intervalMs;
      const isWithin = (at: number): boolean => at >= from && at < from + intervalMs;
      return throughputOf(
        this.starts.filter(isWithin).length,
        this.ends.filter(({ at }) => isWithin(at)),
      );
    });
  }
}

function throughputOf(started: number, ends: readonly End[]): Throughput {
  const ended = { COMPLETED: 0, FAILED: 0, CANCELLED: 0, TIMED_OUT: 0 };
  for (const { status } of ends) ended[status] += 1;
  const completed = ends.filter(({ status }) => status === 'COMPLETED');
  const durations = completed.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
  const atShare = (share: number): number => durations[Math.ceil(share * durations.length) - 1] ?? 0;
  return {
    started,
    ended,
    durationMs: durations.length === 0 ? null : { p50: atShare(0.5), p95: atShare(0.95) },
  };
}
