import { isoTime } from '../iso-time';
import { THROUGHPUT_RESOLUTION_MS } from '../ports/execution-repository';
import type { QueueStatus, QueuesView, StatisticsView } from './engine-api';
import type { ApiPorts } from './ports';

/** Counting goes on up to here: more is as good as many, and costs as much as it is. */
const COUNTED = 1_000;
const INTERVALS = 60;

/**
 * What ran during the last `windowMs`, in intervals that begin at multiples of their length: so they stay the same from
 * one look to the next, and only the last one grows.
 */
export async function statistics(
  { executions, deadLetters, clock }: ApiPorts,
  windowMs: number,
): Promise<StatisticsView> {
  const spans = Math.max(1, Math.ceil(windowMs / INTERVALS / THROUGHPUT_RESOLUTION_MS));
  const intervalMs = spans * THROUGHPUT_RESOLUTION_MS;
  const intervals = Math.max(1, Math.ceil(windowMs / intervalMs));
  const until = (Math.floor(clock.now() / intervalMs) + 1) * intervalMs;
  const since = until - intervals * intervalMs;
  const [byStatus, throughput, letters] = await Promise.all([
    executions.countByStatus(COUNTED),
    executions.throughput({ since, intervalMs, intervals }),
    deadLetters.count(COUNTED),
  ]);
  return {
    since: isoTime(since),
    until: isoTime(until),
    executions: byStatus,
    deadLetters: letters,
    intervals: throughput.map((one, index) => ({ ...one, start: isoTime(since + index * intervalMs) })),
  };
}

/** Those that ever had a task, or have a worker; by name. */
export async function queues({ tasks, outbox, workers }: ApiPorts): Promise<QueuesView> {
  const [depths, known, archiveLag] = await Promise.all([tasks.depths(), workers.list(), outbox.lag()]);
  const byName = new Map<string, QueueStatus>();
  for (const { queue: name, ...depth } of depths) byName.set(name, { ...depth, name, workers: 0 });
  for (const name of known.flatMap((worker) => worker.queues)) {
    const queue = byName.get(name) ?? { name, waiting: 0, claimed: 0, oldestWaitingMs: 0, workers: 0 };
    byName.set(name, { ...queue, workers: queue.workers + 1 });
  }
  const sorted = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { queues: sorted, archiveLag };
}
