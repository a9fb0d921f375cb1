import type { CommitBatch, JournalEvent, Task } from '@workflow-engine/execution';

/** A task that was sent to the workers. */
export interface OpenTask {
  readonly task: Task;
  /** Epoch milliseconds. */
  readonly sentAt: number;
  /** When a worker began with it, in epoch milliseconds; undefined as long as nobody said so. */
  startedAt: number | undefined;
}

export interface TaskObserver {
  /** Told once per delivery, as soon as it is known. */
  readonly onStarted?: (open: OpenTask, startedAt: number) => void;
  /** The attempt has its outcome. */
  readonly onEnded?: (open: OpenTask, event: JournalEvent) => void;
}

/**
 * The tasks between their commit and their outcome, as far as this process committed both: a journal has the
 * beginnings and the ends, but not in one place.
 */
export class OpenTasks {
  /** By partition, execution, then node: what another owner goes on with is forgotten as a whole. */
  private readonly partitions = new Map<number, Map<string, Map<string, OpenTask>>>();

  constructor(private readonly observer: TaskObserver) {}

  noteCommit(partition: number, { journals, tasks, followed }: CommitBatch, now: number): void {
    const executions = this.partitions.get(partition) ?? new Map<string, Map<string, OpenTask>>();
    this.partitions.set(partition, executions);
    // A worker began with them by itself, and may have their outcomes in the same commit.
    for (const { task } of followed) if (task !== undefined) noteSent(executions, task, now);
    for (const { executionId, events, terminal } of journals) {
      const open = executions.get(executionId);
      if (open === undefined) continue;
      for (const event of events) this.noteEvent(open, event);
      if (open.size === 0 || terminal) executions.delete(executionId);
    }
    for (const task of tasks) noteSent(executions, task, now);
  }

  forget(partition: number): void {
    this.partitions.delete(partition);
  }

  private noteEvent(open: Map<string, OpenTask>, event: JournalEvent): void {
    switch (event.type) {
      case 'NodeStarted':
      case 'NodeCompleted':
      case 'NodeFailed':
      case 'RetryScheduled': {
        const found = open.get(event.node_id);
        if (found?.task.attempt !== event.attempt) return;
        if (event.started_at !== undefined) this.noteStart(found, event.started_at);
        if (event.type === 'NodeStarted') return;
        open.delete(event.node_id);
        this.observer.onEnded?.(found, event);
        return;
      }
      default:
    }
  }

  private noteStart(open: OpenTask, startedAt: string): void {
    if (open.startedAt !== undefined) return;
    open.startedAt = Date.parse(startedAt);
    this.observer.onStarted?.(open, open.startedAt);
  }
}

function noteSent(executions: Map<string, Map<string, OpenTask>>, task: Task, sentAt: number): void {
  const open = executions.get(task.executionId) ?? new Map<string, OpenTask>();
  executions.set(task.executionId, open);
  open.set(task.nodeId, { task, sentAt, startedAt: undefined });
}
