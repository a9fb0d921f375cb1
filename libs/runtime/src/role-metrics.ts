import type { CommitBatch, HotPorts, OutboxSlice, PartitionLease } from '@workflow-engine/execution';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

import type { EngineMetrics } from './engine-metrics';
import { boundedLabel } from './label-values';
import { observed } from './observed';
import { OpenTasks } from './open-tasks';

/** The hot ports of a process that measures what it does itself, so that a sum over all processes counts once. */
export function measuredHotPorts(ports: HotPorts, metrics: EngineMetrics, registry: Registry): HotPorts {
  const latencies = taskLatencies(registry);
  const partitions = new OwnedPartitions(registry, (partition) => latencies.forget(partition));
  return {
    ...ports,
    store: measuredStore(ports, metrics, registry, latencies, partitions),
    leases: measuredLeases(ports, partitions),
    outbox: measuredOutbox(ports, registry),
  };
}

function taskLatencies(registry: Registry): OpenTasks {
  const seconds = new Histogram({
    name: 'wfe_task_schedule_to_start_seconds',
    help: 'How long tasks waited for a worker, from the commit that scheduled them',
    labelNames: ['handler'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300],
    registers: [registry],
  });
  const label = boundedLabel(100);
  return new OpenTasks({
    onStarted: ({ task, sentAt }, startedAt) =>
      // The clocks of two machines are never quite the same.
      seconds.observe({ handler: label(task.handler) }, Math.max(0, startedAt - sentAt) / 1000),
  });
}

function measuredStore(
  { store }: HotPorts,
  metrics: EngineMetrics,
  registry: Registry,
  latencies: OpenTasks,
  partitions: OwnedPartitions,
): HotPorts['store'] {
  const registers = [registry];
  const commits = new Counter({
    name: 'wfe_commits_total',
    help: 'Turns of partition writers by what became of them: committed, fenced, overtaken',
    labelNames: ['outcome'],
    registers,
  });
  const seconds = new Histogram({
    name: 'wfe_commit_duration_seconds',
    help: 'How long the commit of a turn took',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers,
  });
  const events = new Histogram({
    name: 'wfe_commit_events',
    help: 'Journal events of a turn',
    buckets: [1, 5, 20, 100, 500, 2000, 10_000],
    registers,
  });
  const noteCommitted = (partition: number, batch: CommitBatch, now: number): void => {
    latencies.noteCommit(partition, batch, now);
    events.observe(batch.journals.reduce((sum, slice) => sum + slice.events.length, 0));
    metrics.noteEvents(batch.journals);
  };
  return observed(store, {
    async commit(lease, batch) {
      const [now, begin] = [Date.now(), performance.now()];
      const outcome = await store.commit(lease, batch);
      seconds.observe((performance.now() - begin) / 1000);
      commits.inc({ outcome });
      if (outcome === 'committed') noteCommitted(lease.partition, batch, now);
      else if (outcome === 'fenced') partitions.lose(lease.partition);
      return outcome;
    },
  });
}

/** The partitions of this process, and how they change. */
class OwnedPartitions {
  private readonly owned = new Set<number>();
  private readonly changes: Counter<'change'>;

  constructor(
    registry: Registry,
    private readonly onGone: (partition: number) => void,
  ) {
    const { owned } = this;
    const registers = [registry];
    this.changes = new Counter({
      name: 'wfe_partition_leases_total',
      help: 'Changes of partition leases: acquired, lost, released',
      labelNames: ['change'],
      registers,
    });
    new Gauge({
      name: 'wfe_partitions_owned',
      help: 'Partitions that this process writes',
      registers,
      collect() {
        this.set(owned.size);
      },
    });
  }

  acquire(partition: number): void {
    this.owned.add(partition);
    this.changes.inc({ change: 'acquired' });
  }

  lose(partition: number): void {
    this.drop(partition, 'lost');
  }

  release(partition: number): void {
    this.drop(partition, 'released');
  }

  /** Counts a loss once, however many notice it. */
  private drop(partition: number, change: 'lost' | 'released'): void {
    if (!this.owned.delete(partition)) return;
    this.changes.inc({ change });
    this.onGone(partition);
  }
}

function measuredLeases({ leases }: HotPorts, partitions: OwnedPartitions): HotPorts['leases'] {
  return observed(leases, {
    async acquire(partition, owner, leaseMs, after) {
      const lease = await leases.acquire(partition, owner, leaseMs, after);
      if (lease !== undefined) partitions.acquire(partition);
      return lease;
    },
    async renew(held, owner, leaseMs) {
      const kept = await leases.renew(held, owner, leaseMs);
      for (const lost of without(held, kept)) partitions.lose(lost.partition);
      return kept;
    },
    async release(held, owner) {
      await leases.release(held, owner);
      for (const { partition } of held) partitions.release(partition);
    },
  });
}

function without(
  held: readonly PartitionLease[],
  kept: readonly PartitionLease[],
): readonly PartitionLease[] {
  const still = new Set(kept.map(({ partition }) => partition));
  return held.filter(({ partition }) => !still.has(partition));
}

function measuredOutbox({ outbox }: HotPorts, registry: Registry): HotPorts['outbox'] {
  const registers = [registry];
  const archived = new Counter({
    name: 'wfe_archived_slices_total',
    help: 'Journal slices that this process moved to the system of record',
    registers,
  });
  const delays = new Histogram({
    name: 'wfe_archive_delay_seconds',
    help: 'Age of commits when they are in the system of record',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300],
    registers,
  });
  const noteArchived = (slices: readonly OutboxSlice[]): void => {
    archived.inc(slices.length);
    const now = Date.now();
    for (const committedAt of new Set(slices.map((slice) => slice.committedAt)))
      delays.observe(Math.max(0, now - committedAt) / 1000);
  };
  return observed(outbox, {
    async confirm(batch) {
      await outbox.confirm(batch);
      noteArchived(batch.slices);
    },
  });
}
