import { WorkflowClient } from '@workflow-engine/client';
import type { Queues } from '@workflow-engine/contracts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';

import { parsedSamples, type QueueSample, recent, sampleOf } from './queue-samples';

/** What is asked again in a moment anyway is not tried twice: so it shows at once when the engine is away. */
const engine = new WorkflowClient({ url: '', retry: { maxAttempts: 1 } });
const lookEveryMs = 2_000;
const look = { refetchInterval: lookEveryMs, retry: false };
const keptAs = 'queue-samples';

/** What this browser has seen of the queues lately, reloads included: the engine does not keep their past. */
let seen: readonly QueueSample[] | undefined;

function note(queues: Queues): readonly QueueSample[] {
  const now = Date.now();
  const before = seen ?? parsedSamples(sessionStorage.getItem(keptAs));
  seen = [...recent(before, now), sampleOf(queues, now)];
  sessionStorage.setItem(keptAs, JSON.stringify(seen));
  return seen;
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
