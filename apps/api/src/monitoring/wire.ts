import type * as wire from '@workflow-engine/contracts';
import type { KnownWorker, QueueStatus, StatisticsView } from '@workflow-engine/execution';

export function toStatistics({
  since,
  until,
  executions,
  deadLetters,
  intervals,
}: StatisticsView): wire.Statistics {
  return {
    since,
    until,
    executions,
    dead_letters: deadLetters,
    intervals: intervals.map(({ start, started, ended, durationMs }) => ({
      start,
      started,
      completed: ended.COMPLETED,
      failed: ended.FAILED,
      cancelled: ended.CANCELLED,
      timed_out: ended.TIMED_OUT,
      p50_ms: durationMs?.p50 ?? null,
      p95_ms: durationMs?.p95 ?? null,
    })),
  };
}

export function toQueue({ name, waiting, claimed, oldestWaitingMs, workers }: QueueStatus): wire.Queue {
  return {
    name,
    waiting,
    in_progress: claimed,
    oldest_waiting_ms: waiting === 0 ? null : oldestWaitingMs,
    workers,
  };
}

export function toWorker(worker: KnownWorker): wire.WorkerSummary {
  const { id, queues, handlers, concurrency, running, startedAt, seenAt } = worker;
  const tasks = worker.tasks.map(toTask);
  return {
    id,
    queues,
    handlers,
    concurrency,
    in_progress: running,
    tasks,
    started_at: startedAt,
    seen_at: seenAt,
  };
}

function toTask({ executionId, nodeId, handler, startedAt }: KnownWorker['tasks'][number]): wire.TaskInWork {
  return { execution_id: executionId, node_id: nodeId, handler, started_at: startedAt };
}
