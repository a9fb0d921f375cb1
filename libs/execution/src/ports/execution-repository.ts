import type { Json } from '@workflow-engine/dag';

import type { ExecutionError, JournalEvent } from '../decider/events';
import type { ExecutionStatus, TerminalStatus } from '../decider/status';
import type { JournalSection } from '../journal-section';
import type { Page, PageRequest } from './definition-repository';
import type { HotPosition } from './execution-store';
import type { PartitionLease } from './partition-leases';

/** An execution as the system of record knows it; the journal may be a moment ahead. Times: ISO 8601 UTC. */
export interface ExecutionRecord {
  /** UUIDv7, so ids sort by creation. */
  readonly id: string;
  readonly workflowId: string;
  readonly version: number;
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly labels: Readonly<Record<string, string>>;
  /** Null until triggered. */
  readonly input: Json;
  readonly error: ExecutionError | null;
  readonly createdAt: string;
  /** When it was triggered. */
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

export interface NewExecution {
  readonly id: string;
  readonly workflowId: string;
  readonly version: number;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAt: string;
  /** Created and triggered in one step. */
  readonly trigger?: { readonly input: Json };
  /** Unique within the workflow; a second creation with it gives the first execution back. */
  readonly idempotencyKey?: string;
}

export interface CreatedExecution {
  readonly execution: ExecutionRecord;
  /** False when the idempotency key was known, and this is the execution created then. */
  readonly created: boolean;
}

export type TriggerResult =
  | { readonly outcome: 'triggered'; readonly execution: ExecutionRecord }
  | { readonly outcome: 'wrong_state'; readonly status: ExecutionStatus }
  | { readonly outcome: 'not_found' };

export interface ExecutionFilter {
  readonly status?: readonly ExecutionStatus[];
  readonly name?: string;
  /** All of these labels with exactly these values. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Created at or after; ISO 8601. */
  readonly since?: string;
}

/** What the archive takes of one execution in one go: new events and what follows from them for the record. */
export interface ArchiveEntry {
  readonly executionId: string;
  readonly position: HotPosition;
  readonly section: JournalSection;
  /** Set when the events change the execution's status. */
  readonly change?: {
    readonly status: ExecutionStatus;
    readonly error: ExecutionError | null;
    readonly finishedAt: string | null;
  };
  /** The dead letters of the execution are settled (it was retried)... */
  readonly settlesDeadLetters: boolean;
  /** ... these are new ... */
  readonly deadLetters?: readonly NewDeadLetter[];
  /** ... and those that were written at these journal positions are settled, in that order. */
  readonly settledDeadLetters?: readonly number[];
}

export interface NewDeadLetter {
  /** Journal position it comes from. */
  readonly seq: number;
  readonly nodeId: string;
  readonly handler: string;
  readonly attempts: number;
  readonly error: ExecutionError;
  readonly createdAt: string;
}

export type TimelineBegin =
  | {
      readonly outcome: 'begun';
      /** The last turn that is archived, and the timeline that it belongs to. */
      readonly archived: Omit<HotPosition, 'partition'>;
    }
  /** Another one is current; it is not the one that the owner knew of. */
  | { readonly outcome: 'superseded'; readonly timeline: number };

/** What happened within spans of time of equal length, one after the other. */
export interface ThroughputRequest {
  /** When the first interval begins, in epoch milliseconds; a multiple of {@link THROUGHPUT_RESOLUTION_MS}. */
  readonly since: number;
  /** Length of an interval; a multiple of {@link THROUGHPUT_RESOLUTION_MS}. */
  readonly intervalMs: number;
  readonly intervals: number;
}

export const THROUGHPUT_RESOLUTION_MS = 10_000;
/** Throughput is remembered for so long at least. */
export const THROUGHPUT_KEPT_MS = 2 * 86_400_000;

/** Executions that started and ended in an interval, as far as that is archived; one that is retried ends again. */
export interface Throughput {
  readonly started: number;
  readonly ended: Readonly<Record<TerminalStatus, number>>;
  /** How long those that completed took from their trigger to their end, within a tenth; null when none did. */
  readonly durationMs: { readonly p50: number; readonly p95: number } | null;
}

/** Executions and their archived journals. What `create` and `trigger` return has survived a crash already. */
export interface ExecutionRepository {
  /**
   * All or none of one call's executions, answered in the same order; concurrent calls share transactions
   * (micro-batching).
   */
  create(executions: readonly NewExecution[]): Promise<readonly CreatedExecution[]>;
  /**
   * The same for executions whose version is the newest of their workflow, as far as the caller knows.
   * @throws {OutdatedVersionError} when it is not any more, and nothing was created
   */
  createOfNewest(executions: readonly NewExecution[]): Promise<readonly CreatedExecution[]>;
  /** PENDING -> RUNNING exactly once, however often and from wherever it is called. */
  trigger(id: string, input: Json, at: string): Promise<TriggerResult>;
  /** PENDING -> CANCELLED; an execution that never ran has no journal. */
  cancelPending(id: string, at: string): Promise<boolean>;
  find(id: string): Promise<ExecutionRecord | undefined>;
  /** The executions that were created with these idempotency keys, by key. */
  findByKeys(workflowId: string, keys: readonly string[]): Promise<ReadonlyMap<string, ExecutionRecord>>;
  /** Newest first. */
  search(filter: ExecutionFilter, page: PageRequest): Promise<Page<ExecutionRecord>>;
  /** How many there are of each status; `upTo` stands for as many or more, so that millions cost no more. */
  countByStatus(upTo: number): Promise<Readonly<Record<ExecutionStatus, number>>>;
  /** Of each interval, in order. Costs the same however many executions there are. */
  throughput(request: ThroughputRequest): Promise<readonly Throughput[]>;
  /** RUNNING and PAUSED ones, oldest first: what a rebuild has to bring back. */
  unfinished(page: PageRequest): Promise<Page<ExecutionRecord>>;
  /** Archived events with `seq > afterSeq`, in order; the first `limit` of them. */
  journal(id: string, afterSeq: number, limit?: number): Promise<readonly JournalEvent[]>;
  /** The whole archived journals of executions, by id; of a few at a time, for they may be long. */
  journals(ids: readonly string[]): Promise<ReadonlyMap<string, readonly JournalEvent[]>>;
  /**
   * Appends events and applies changes in one transaction. Idempotent per (execution, seq): an event that is
   * there already stays as it is, and a change older than what is archived does not undo a newer one. Entries of
   * another timeline than their partition's current one are left out.
   * @returns the partitions of which entries were left out
   */
  archive(entries: readonly ArchiveEntry[]): Promise<readonly number[]>;
  /**
   * Begins the partition's timeline that is named after the owner's epoch, if `current` still is the current one (0:
   * there is none). When it resolves, nothing of an older one will be archived any more.
   *
   * The owner must have learnt of `current` before asking for the lease, whose epoch is greater. A successor gets a lease
   * later, and so begins later: as long as `current` is current, none has begun. Epochs alone do not tell that: a hot
   * store that lost its data and whose clock was set back gives a successor a lower one.
   */
  beginTimeline(lease: PartitionLease, current: number): Promise<TimelineBegin>;
}
