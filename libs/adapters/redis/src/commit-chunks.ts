import type { CommitBatch, JournalEvent, JournalSlice, Task } from '@workflow-engine/execution';

/** Events and tasks in one script call: longer ones would hold up everybody else on the server. */
export const MAX_CHUNK = 500;

/**
 * Cuts a batch into chunks that are committed one after the other. An owner that dies in between leaves a journal
 * that its successor can go on from: a task is in the chunk of the event that scheduled it, timers are set before
 * the events that count on them, and nothing is revoked before the events that say why. Follow-ups are withdrawn before
 * anything is written that counts on it. The offset goes last.
 */
export function chunksOf(batch: CommitBatch): readonly CommitBatch[] {
  if (sizeOf(batch) <= MAX_CHUNK) return [batch];
  const chunks = new Chunks(batch);
  for (const slice of batch.journals) chunks.addSlice(slice);
  const journals = chunks.finish();
  const first = journals[0] ?? nothing(batch);
  const last = journals.at(-1) ?? first;
  const { offset, revoked, withdrawn, followed, timersCleared, timersSet } = batch;
  const begin = { ...first, withdrawn, followed, timersSet };
  if (journals.length <= 1)
    return [{ ...begin, ...(offset !== undefined && { offset }), revoked, timersCleared }];
  return [
    begin,
    ...journals.slice(1, -1),
    { ...last, ...(offset !== undefined && { offset }), revoked, timersCleared },
  ];
}

function nothing({ turn }: CommitBatch): CommitBatch {
  return {
    turn,
    journals: [],
    tasks: [],
    revoked: [],
    withdrawn: [],
    followed: [],
    timersCleared: [],
    timersSet: [],
  };
}

function sizeOf({ journals, tasks }: CommitBatch): number {
  const scheduled = tasks.reduce((size, task) => size + sizeOfTask(task), 0);
  return journals.reduce((size, { events }) => size + events.length, scheduled);
}

function sizeOfTask({ followUps = [] }: Task): number {
  return 1 + followUps.length;
}

class Chunks {
  private readonly chunks: CommitBatch[] = [];
  private readonly tasks: Map<string, Task>;
  private journals: JournalSlice[] = [];
  private scheduled: Task[] = [];
  private size = 0;

  constructor(private readonly batch: CommitBatch) {
    this.tasks = new Map(batch.tasks.map((task) => [keyOf(task), task]));
  }

  addSlice({ executionId, events, terminal }: JournalSlice): void {
    let part: JournalEvent[] = [];
    for (const [index, event] of events.entries()) {
      part.push(event);
      this.size += 1 + this.schedule(executionId, event);
      const isLast = index === events.length - 1;
      if (this.size < MAX_CHUNK && !isLast) continue;
      this.journals.push({ executionId, events: part, terminal: terminal && isLast });
      part = [];
      if (this.size >= MAX_CHUNK) this.close();
    }
  }

  /** Tasks without an event that scheduled them go with the last chunk. */
  finish(): readonly CommitBatch[] {
    this.scheduled.push(...this.tasks.values());
    this.close();
    return this.chunks;
  }

  private schedule(executionId: string, event: JournalEvent): number {
    if (event.type !== 'NodeScheduled' && event.type !== 'TaskRedelivered') return 0;
    const key = keyOf({ executionId, nodeId: event.node_id, attempt: event.attempt });
    const task = this.tasks.get(key);
    if (task === undefined) return 0;
    this.tasks.delete(key);
    this.scheduled.push(task);
    return sizeOfTask(task);
  }

  private close(): void {
    if (this.journals.length === 0 && this.scheduled.length === 0) return;
    this.chunks.push({ ...nothing(this.batch), journals: this.journals, tasks: this.scheduled });
    this.journals = [];
    this.scheduled = [];
    this.size = 0;
  }
}

function keyOf({ executionId, nodeId, attempt }: Pick<Task, 'executionId' | 'nodeId' | 'attempt'>): string {
  return `${executionId}:${nodeId}:${attempt}`;
}
