import type { ExecutionError, ExecutionFailed, JournalEvent } from '../decider/events';
import type { OutboxSlice } from '../ports/archive-outbox';
import type { ArchiveEntry } from '../ports/execution-repository';

/** What some events of an execution mean for its record, where it is RUNNING since its trigger, and its dead letters. */
export function archiveEntry({ executionId, section, position }: OutboxSlice): ArchiveEntry {
  const entry: Mutable<ArchiveEntry> = { executionId, section, position, settlesDeadLetters: false };
  if (!section.isRoutine) for (const event of section.events) noteEvent(entry, event);
  return entry;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function noteEvent(entry: Mutable<ArchiveEntry>, event: JournalEvent): void {
  const { at } = event;
  switch (event.type) {
    case 'ExecutionPaused':
      entry.change = { status: 'PAUSED', error: null, finishedAt: null };
      return;
    case 'ExecutionResumed':
      entry.change = { status: 'RUNNING', error: null, finishedAt: null };
      return;
    case 'ExecutionRetried':
      entry.change = { status: 'RUNNING', error: null, finishedAt: null };
      entry.settlesDeadLetters = true;
      delete entry.deadLetters;
      return;
    case 'NodeParked': {
      const { node_id, attempt, handler, error } = event;
      const { code, message } = error;
      noteDeadLetter(entry, event, { node_id, handler, attempts: attempt }, { code, message, node_id });
      return;
    }
    case 'NodeUnparked':
      entry.settledDeadLetters = [...(entry.settledDeadLetters ?? []), event.parked_seq];
      return;
    case 'ExecutionCompleted':
      entry.change = { status: 'COMPLETED', error: null, finishedAt: at };
      return;
    case 'ExecutionCancelled':
      entry.change = { status: 'CANCELLED', error: null, finishedAt: at };
      return;
    case 'ExecutionTimedOut':
      entry.change = { status: 'TIMED_OUT', error: event.error, finishedAt: at };
      return;
    case 'ExecutionFailed':
      entry.change = { status: 'FAILED', error: event.error, finishedAt: at };
      if (event.dead_letter !== undefined) noteDeadLetter(entry, event, event.dead_letter, event.error);
      return;
    default:
  }
}

function noteDeadLetter(
  entry: Mutable<ArchiveEntry>,
  { seq, at: createdAt }: JournalEvent,
  { node_id: nodeId, handler, attempts }: NonNullable<ExecutionFailed['dead_letter']>,
  error: ExecutionError,
): void {
  entry.deadLetters = [...(entry.deadLetters ?? []), { seq, nodeId, handler, attempts, error, createdAt }];
}
