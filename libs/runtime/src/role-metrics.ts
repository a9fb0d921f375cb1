import type { HotPorts } from '@workflow-engine/execution';
import { Counter, type Registry } from 'prom-client';

import type { EngineMetrics } from './engine-metrics';

/** The hot ports of a process that measures what it does itself, so that a sum over all processes counts once. */
export function measuredHotPorts(ports: HotPorts, metrics: EngineMetrics, registry: Registry): HotPorts {
  const registers = [registry];
  const commits = new Counter({
    name: 'wfe_commits_total',
    help: 'Turns of partition writers by what became of them: committed, fenced',
    labelNames: ['outcome'],
    registers,
  });
  const leases = new Counter({
    name: 'wfe_partition_leases_total',
    help: 'Changes of partition leases: acquired, lost, released',
    labelNames: ['change'],
    registers,
  });
  const archived = new Counter({
    name: 'wfe_archived_slices_total',
    help: 'Journal slices that this process moved to the system of record',
    registers,
  });
  const { store, outbox, leases: locks } = ports;
  return {
    ...ports,
    store: {
      async commit(lease, batch) {
        const outcome = await store.commit(lease, batch);
        commits.inc({ outcome });
        if (outcome === 'committed')
          for (const { events } of batch.journals) events.forEach((event) => metrics.noteEvent(event));
        return outcome;
      },
      progress: (partition) => store.progress(partition),
      reset: (lease) => store.reset(lease),
      resume: (lease, turn) => store.resume(lease, turn),
      read: (executionId, afterSeq) => store.read(executionId, afterSeq),
      timersDue: (partitions, now, limit) => store.timersDue(partitions, now, limit),
    },
    leases: {
      announce: (owner, leaseMs) => locks.announce(owner, leaseMs),
      withdraw: (owner) => locks.withdraw(owner),
      async acquire(partition, owner, leaseMs, after) {
        const lease = await locks.acquire(partition, owner, leaseMs, after);
        if (lease !== undefined) leases.inc({ change: 'acquired' });
        return lease;
      },
      async renew(held, owner, leaseMs) {
        const kept = await locks.renew(held, owner, leaseMs);
        leases.inc({ change: 'lost' }, held.length - kept.length);
        return kept;
      },
      async release(held, owner) {
        await locks.release(held, owner);
        leases.inc({ change: 'released' }, held.length);
      },
    },
    outbox: {
      take: (request) => outbox.take(request),
      async confirm(batch) {
        await outbox.confirm(batch);
        archived.inc(batch.slices.length);
      },
      giveBack: (batch) => outbox.giveBack(batch),
      lag: () => outbox.lag(),
    },
  };
}
