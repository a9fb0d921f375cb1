import { WorkflowClient } from '@workflow-engine/client';
import type { Queues } from '@workflow-engine/contracts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';

/** What is asked again in a moment anyway is not tried twice: so it shows at once when the engine is away. */
const engine = new WorkflowClient({ url: '', retry: { maxAttempts: 1 } });
const lookEveryMs = 2_000;
const look = { refetchInterval: lookEveryMs, retry: false };
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

/** What this browser has seen of the queues lately: the engine does not keep their past. */
const seen: QueueSample[] = [];

function note({ items, archive_lag: archiveLag }: Queues): readonly QueueSample[] {
  const at = Date.now();
  while ((seen[0]?.at ?? at) < at - seenMs) seen.shift();
  seen.push({
    at,
    waiting: items.reduce((sum, { waiting }) => sum + waiting, 0),
    inProgress: items.reduce((sum, queue) => sum + queue.in_progress, 0),
    oldestMs: Math.max(0, ...items.map(({ oldest_waiting_ms: ms }) => ms ?? 0)),
    archiveLag,
  });
  return [...seen];
}

export function useQueues() {
  return useQuery({
    queryKey: ['queues'],
    queryFn: async ({ signal }) => {
      const queues = await engine.monitoring.queues({ signal });
      return { queues, samples: note(queues) };
    },
    ...look,
  });
}

export function useWorkers() {
  return useQuery({
    queryKey: ['workers'],
    queryFn: ({ signal }) => engine.monitoring.workers({ signal }),
    ...look,
  });
}

export function useStatistics(window: string) {
  return useQuery({
    queryKey: ['statistics', window],
    queryFn: ({ signal }) => engine.monitoring.statistics({ window, signal }),
    ...look,
    placeholderData: keepPreviousData,
  });
}

/** The newest executions that run, or that failed. */
export function useLatest(kind: 'running' | 'failed') {
  const status = kind === 'running' ? (['RUNNING'] as const) : (['FAILED', 'TIMED_OUT'] as const);
  return useQuery({
    queryKey: ['latest', kind],
    queryFn: ({ signal }) => engine.executions({ status }).page({ limit: 6, signal }),
    ...look,
  });
}
