import type { EngineGauges, QueueDepth } from '@workflow-engine/execution';
import { Gauge, type Registry } from 'prom-client';

import { OTHER } from './label-values';
import { within } from './within';

/** Queues that are told apart: the fullest ones. */
const MAX_QUEUES = 100;
/** Shorter than scrapers wait. */
const READ_TIMEOUT_MS = 3000;

/** Queues and the archive, read whenever somebody asks for the metrics; left out while they cannot be read. */
export function watchGauges(registry: Registry, read: () => Promise<EngineGauges>): void {
  const registers = [registry];
  // All of them are collected at the same time, and share one look.
  let reading: Promise<EngineGauges | undefined> | undefined;
  const readOnce = (): Promise<EngineGauges | undefined> => {
    reading ??= within(READ_TIMEOUT_MS, read())
      .catch(() => undefined)
      .finally(() => (reading = undefined));
    return reading;
  };
  new Gauge({
    name: 'wfe_archive_lag',
    help: 'Commits that are not in the system of record yet',
    registers,
    async collect() {
      const gauges = await readOnce();
      if (gauges === undefined) this.remove();
      else this.set(gauges.archiveLag);
    },
  });
  new Gauge({
    name: 'wfe_queue_tasks',
    help: 'Tasks per queue: waiting for a worker, claimed by one',
    labelNames: ['queue', 'state'],
    registers,
    async collect() {
      const queues = fullestQueues(await readOnce());
      this.reset();
      for (const { queue, waiting, claimed } of queues) {
        this.inc({ queue, state: 'waiting' }, waiting);
        this.inc({ queue, state: 'claimed' }, claimed);
      }
    },
  });
  new Gauge({
    name: 'wfe_queue_lag_seconds',
    help: 'How long the oldest task that waits for a worker has been in its queue',
    labelNames: ['queue'],
    registers,
    async collect() {
      const queues = fullestQueues(await readOnce());
      this.reset();
      for (const { queue, oldestWaitingMs } of queues) this.set({ queue }, oldestWaitingMs / 1000);
    },
  });
}

/** The rest is one queue: people choose the names, and Prometheus keeps series for each. */
function fullestQueues(gauges: EngineGauges | undefined): readonly QueueDepth[] {
  const queues = [...(gauges?.queues ?? [])].sort((a, b) => b.waiting + b.claimed - a.waiting - a.claimed);
  const rest = queues.slice(MAX_QUEUES);
  if (rest.length === 0) return queues;
  const sum = rest.reduce((all, one) => ({
    queue: OTHER,
    waiting: all.waiting + one.waiting,
    claimed: all.claimed + one.claimed,
    oldestWaitingMs: Math.max(all.oldestWaitingMs, one.oldestWaitingMs),
  }));
  return [...queues.slice(0, MAX_QUEUES), { ...sum, queue: OTHER }];
}
