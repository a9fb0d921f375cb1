import type { Queues } from '@workflow-engine/contracts';

/** How far back the plots of what is seen here go. */
export const seenMs = 300_000;

export interface QueueSample {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly waiting: number;
  readonly inProgress: number;
  readonly oldestMs: number;
  readonly archiveLag: number;
}

const fields = ['at', 'waiting', 'inProgress', 'oldestMs', 'archiveLag'] as const;

export function sampleOf({ items, archive_lag: archiveLag }: Queues, at: number): QueueSample {
  return {
    at,
    waiting: items.reduce((sum, { waiting }) => sum + waiting, 0),
    inProgress: items.reduce((sum, queue) => sum + queue.in_progress, 0),
    oldestMs: Math.max(0, ...items.map(({ oldest_waiting_ms: ms }) => ms ?? 0)),
    archiveLag,
  };
}

/** Those that the plots still show. */
export function recent(samples: readonly QueueSample[], now: number): QueueSample[] {
  return samples.filter(({ at }) => at >= now - seenMs && at <= now);
}

/** What an earlier visit has kept; whatever else is there by that name counts for nothing. */
export function parsedSamples(text: string | null): readonly QueueSample[] {
  try {
    const kept: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(kept) ? kept.filter(isSample) : [];
  } catch {
    return [];
  }
}

function isSample(value: unknown): value is QueueSample {
  return (
    typeof value === 'object' &&
    value !== null &&
    fields.every((field) => Number.isFinite((value as Partial<Record<string, unknown>>)[field]))
  );
}
