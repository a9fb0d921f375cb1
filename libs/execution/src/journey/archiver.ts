import type { ExecutionError, ExecutionFailed, JournalEvent } from '../decider/events';
import type { ArchiveOutbox } from '../ports/archive-outbox';
import type { ArchiveEntry, ExecutionRepository } from '../ports/execution-repository';
import type { JournalSlice } from '../ports/execution-store';
import { RoleLoop } from './role-loop';
import type { LoopPorts } from './role-loop';

export interface ArchiverPorts extends LoopPorts {
  readonly outbox: ArchiveOutbox;
  readonly executions: ExecutionRepository;
}

export interface ArchiverOptions {
  /** The outbox and who fills it live on: what is left there is the next archiver's. Default: false. */
  readonly outlivedByOutbox?: boolean;
}

const SLICE_LIMIT = 500;
const WAIT_MS = 1000;

/** Moves journals from the hot store to the system of record, in batches. */
export class Archiver {
  private readonly loop: RoleLoop;

  constructor(
    private readonly ports: ArchiverPorts,
    private readonly options: ArchiverOptions = {},
  ) {
    this.loop = new RoleLoop('archiver', ports, (signal) => this.turn(signal));
  }

  start(): void {
    this.loop.start();
  }

  /** Unless others take it over, archives what is left before it resolves. */
  async stop(): Promise<void> {
    await this.loop.stop();
    if (this.options.outlivedByOutbox === true) return;
    while ((await this.archive(0)) > 0);
  }

  private async turn(signal: AbortSignal): Promise<void> {
    await this.archive(WAIT_MS, signal);
  }

  private async archive(waitMs: number, signal?: AbortSignal): Promise<number> {
    const { outbox, executions } = this.ports;
    const batch = await outbox.take(SLICE_LIMIT, waitMs, signal);
    if (batch.slices.length === 0) return 0;
    try {
      await executions.archive(batch.slices.map(archiveEntry));
    } catch (error) {
      await outbox.giveBack(batch);
      throw error;
    }
    await outbox.confirm(batch);
    return batch.slices.length;
  }
}

/** What some events of an execution mean for its record and its dead letters. */
export function archiveEntry({ executionId, events }: JournalSlice): ArchiveEntry {
  const entry: Mutable<ArchiveEntry> = { executionId, events, settlesDeadLetters: false };
  for (const event of events) noteEvent(entry, event);
  return entry;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function noteEvent(entry: Mutable<ArchiveEntry>, event: JournalEvent): void {
  const { at } = event;
  switch (event.type) {
    case 'ExecutionPaused':
      entry.change = { status: 'PAUSED', error: null, finishedAt: null };
      return;
    case 'ExecutionStarted':
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
