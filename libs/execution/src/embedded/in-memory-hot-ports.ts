import { InMemoryArchiveOutbox, InMemoryOutbox } from '../in-memory/in-memory-archive-outbox';
import { InMemoryEventStream } from '../in-memory/in-memory-event-stream';
import { InMemoryExecutionFeed } from '../in-memory/in-memory-execution-feed';
import { InMemoryExecutionStore } from '../in-memory/in-memory-execution-store';
import { InMemoryPartitionLeases } from '../in-memory/in-memory-partition-leases';
import { InMemoryTaskQueue } from '../in-memory/in-memory-task-queue';
import { InMemoryWorkerDirectory } from '../in-memory/in-memory-worker-directory';
import type { ArchiveOutbox } from '../ports/archive-outbox';
import type { Clock } from '../ports/clock';
import type { EventStream } from '../ports/event-stream';
import type { ExecutionFeed } from '../ports/execution-feed';
import type { ExecutionStore } from '../ports/execution-store';
import type { PartitionLeases } from '../ports/partition-leases';
import type { TaskQueue } from '../ports/task-queue';
import type { WorkerDirectory } from '../ports/worker-directory';

/** The ports of the hot path: everything that may be lost at any time and is rebuilt from the system of record. */
export interface HotPorts {
  /** Who writes which partition. */
  readonly leases: PartitionLeases;
  /** Who archives which partition. */
  readonly archiveLeases: PartitionLeases;
  readonly stream: EventStream;
  readonly store: ExecutionStore;
  readonly tasks: TaskQueue;
  readonly outbox: ArchiveOutbox;
  readonly feed: ExecutionFeed;
  readonly workers: WorkerDirectory;
}

/** They live and die with the process. */
export function inMemoryHotPorts(clock: Clock, partitions: number): HotPorts {
  const leases = new InMemoryPartitionLeases(clock);
  const stream = new InMemoryEventStream(partitions, clock);
  const tasks = new InMemoryTaskQueue(stream, clock);
  const outbox = new InMemoryOutbox(clock);
  const feed = new InMemoryExecutionFeed();
  return {
    leases,
    archiveLeases: new InMemoryPartitionLeases(clock),
    stream,
    store: new InMemoryExecutionStore({ leases, stream, tasks, outbox, feed }),
    tasks,
    outbox: new InMemoryArchiveOutbox(outbox),
    feed,
    workers: new InMemoryWorkerDirectory(clock),
  };
}
