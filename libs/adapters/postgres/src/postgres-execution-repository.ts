import type { Json } from '@workflow-engine/dag';
import type {
  ArchiveEntry,
  CreatedExecution,
  ExecutionFilter,
  ExecutionRecord,
  ExecutionRepository,
  JournalEvent,
  NewExecution,
  Page,
  PageRequest,
  PartitionLease,
  TimelineBegin,
  TriggerResult,
} from '@workflow-engine/execution';

import { MicroBatcher } from './batching/micro-batcher';
import type { Database } from './database/database';
import { isId } from './encoding/identifiers';
import { archiveEntries } from './executions/archive-entries';
import {
  createExecutions,
  executionsByKeys,
  type PreparedExecution,
  prepareExecution,
} from './executions/create-executions';
import { searchExecutions, unfinishedExecutions } from './executions/list-executions';
import { executionColumns, type StoredExecution, toRecord } from './executions/stored-execution';
import { beginTimeline } from './executions/timelines';
import { type PreparedTrigger, prepareTrigger, triggerExecutions } from './executions/trigger-executions';

/** A statement takes 500 rows (more gain nothing, as measured) or 8 million characters, whichever is reached first. */
const maxWeight = 8_000_000;
const rowWeight = maxWeight / 500;

export class PostgresExecutionRepository implements ExecutionRepository {
  private readonly creations: MicroBatcher<readonly PreparedExecution[], readonly CreatedExecution[]>;
  private readonly triggers: MicroBatcher<PreparedTrigger, TriggerResult>;

  constructor(private readonly database: Database) {
    this.creations = new MicroBatcher({
      maxWeight,
      weigh: (call) => call.reduce((sum, { size }) => sum + rowWeight + size, 0),
      flush: (calls) => createExecutions(database, calls),
    });
    this.triggers = new MicroBatcher({
      maxWeight,
      weigh: ({ input }) => rowWeight + input.length,
      flush: (batch) => triggerExecutions(database, batch),
    });
  }

  async create(executions: readonly NewExecution[]): Promise<readonly CreatedExecution[]> {
    return this.creations.add(executions.map(prepareExecution));
  }

  async trigger(id: string, input: Json, at: string): Promise<TriggerResult> {
    if (!isId(id)) return { outcome: 'not_found' };
    return this.triggers.add(prepareTrigger(id, input, at));
  }

  async cancelPending(id: string, at: string): Promise<boolean> {
    if (!isId(id)) return false;
    const cancelled = await this.database.query(
      `UPDATE executions SET status = 'CANCELLED', finished_at = $2 WHERE id = $1 AND status = 'PENDING'
       RETURNING id`,
      [id, at],
    );
    return cancelled.length > 0;
  }

  async find(id: string): Promise<ExecutionRecord | undefined> {
    if (!isId(id)) return undefined;
    const [row] = await this.database.query<StoredExecution>(
      `SELECT ${executionColumns} FROM executions e WHERE e.id = $1`,
      [id],
    );
    return row && toRecord(row);
  }

  async findByKeys(
    workflowId: string,
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, ExecutionRecord>> {
    if (!isId(workflowId) || keys.length === 0) return new Map();
    return executionsByKeys(this.database, workflowId, keys);
  }

  search(filter: ExecutionFilter, page: PageRequest): Promise<Page<ExecutionRecord>> {
    return searchExecutions(this.database, filter, page);
  }

  unfinished(page: PageRequest): Promise<Page<ExecutionRecord>> {
    return unfinishedExecutions(this.database, page);
  }

  async journal(id: string, afterSeq: number, limit?: number): Promise<readonly JournalEvent[]> {
    if (!isId(id)) return [];
    const rows = await this.database.query<{ event: string }>(
      'SELECT event FROM journal_events WHERE execution_id = $1 AND seq > $2 ORDER BY seq LIMIT $3',
      [id, toPosition(afterSeq), limit ?? null],
    );
    return rows.map(({ event }) => JSON.parse(event) as JournalEvent);
  }

  async journals(ids: readonly string[]): Promise<ReadonlyMap<string, readonly JournalEvent[]>> {
    const rows = await this.database.query<{ execution_id: string; event: string }>(
      'SELECT execution_id, event FROM journal_events WHERE execution_id = ANY($1::uuid[]) ORDER BY execution_id, seq',
      [ids.filter(isId)],
    );
    const found = new Map<string, JournalEvent[]>();
    for (const { execution_id: id, event } of rows) {
      const journal = found.get(id) ?? [];
      found.set(id, journal);
      journal.push(JSON.parse(event) as JournalEvent);
    }
    return found;
  }

  async archive(entries: readonly ArchiveEntry[]): Promise<readonly number[]> {
    if (entries.length === 0) return [];
    return this.database.transaction((session) => archiveEntries(session, entries));
  }

  beginTimeline(lease: PartitionLease): Promise<TimelineBegin> {
    return this.database.transaction((session) => beginTimeline(session, lease));
  }
}

/** Callers pass on whatever number people ask for; Postgres fails on one that does not fit its type. */
function toPosition(seq: number): number {
  return Math.min(Math.max(Math.floor(seq), 0), 0x7f_ff_ff_ff);
}
