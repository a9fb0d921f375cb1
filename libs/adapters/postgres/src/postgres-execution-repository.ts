import type { Json } from '@workflow-engine/dag';
import {
  type ArchiveEntry,
  type CreatedExecution,
  type ExecutionFilter,
  type ExecutionRecord,
  type ExecutionRepository,
  type ExecutionStatus,
  type JournalEvent,
  type NewExecution,
  OutdatedVersionError,
  type Page,
  type PageRequest,
  type PartitionLease,
  type Throughput,
  type ThroughputRequest,
  type TimelineBegin,
  type TriggerResult,
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
import { findExecutions } from './executions/find-executions';
import { searchExecutions, unfinishedExecutions } from './executions/list-executions';
import { countByStatus, forgetThroughput, readThroughput } from './executions/throughput';
import { beginTimeline } from './executions/timelines';
import { type PreparedTrigger, prepareTrigger, triggerExecutions } from './executions/trigger-executions';

/** A statement takes 500 rows (more gain nothing, as measured) or 8 million characters, whichever is reached first. */
const maxWeight = 8_000_000;
const rowWeight = maxWeight / 500;
/** Executions read by one statement: each may have an input of megabytes. */
const maxRead = 50;
const forgetEveryMs = 3_600_000;

export class PostgresExecutionRepository implements ExecutionRepository {
  private readonly creations: MicroBatcher<
    readonly PreparedExecution[],
    readonly CreatedExecution[] | OutdatedVersionError
  >;
  private readonly triggers: MicroBatcher<PreparedTrigger, TriggerResult>;
  private readonly records: MicroBatcher<string, ExecutionRecord | undefined>;
  private forgetAt = 0;

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
    this.records = new MicroBatcher({
      maxWeight: maxRead,
      weigh: () => 1,
      flush: (ids) => findExecutions(database, ids),
    });
  }

  create(executions: readonly NewExecution[]): Promise<readonly CreatedExecution[]> {
    return this.createAs(executions, false);
  }

  createOfNewest(executions: readonly NewExecution[]): Promise<readonly CreatedExecution[]> {
    return this.createAs(executions, true);
  }

  private async createAs(
    executions: readonly NewExecution[],
    ifNewest: boolean,
  ): Promise<readonly CreatedExecution[]> {
    const created = await this.creations.add(
      executions.map((execution) => prepareExecution(execution, ifNewest)),
    );
    if (created instanceof OutdatedVersionError) throw created;
    return created;
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
    return isId(id) ? this.records.add(id) : undefined;
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

  countByStatus(upTo: number): Promise<Readonly<Record<ExecutionStatus, number>>> {
    return countByStatus(this.database, upTo);
  }

  throughput(request: ThroughputRequest): Promise<readonly Throughput[]> {
    return readThroughput(this.database, request);
  }

  unfinished(page: PageRequest): Promise<Page<ExecutionRecord>> {
    return unfinishedExecutions(this.database, page);
  }

  async journal(id: string, afterSeq: number, limit = Infinity): Promise<readonly JournalEvent[]> {
    if (!isId(id)) return [];
    const rows = await this.database.query<{ events: string }>(
      `SELECT events FROM journal_slices
       WHERE execution_id = $1 AND last_seq > $2 AND first_seq <= $3 ORDER BY last_seq`,
      [id, toPosition(afterSeq), toPosition(Math.max(0, afterSeq) + limit)],
    );
    return eventsOf(rows)
      .filter(({ seq }) => seq > afterSeq)
      .slice(0, limit);
  }

  async journals(ids: readonly string[]): Promise<ReadonlyMap<string, readonly JournalEvent[]>> {
    const rows = await this.database.query<{ execution_id: string; events: string }>(
      `SELECT execution_id, events FROM journal_slices
       WHERE execution_id = ANY($1::uuid[]) ORDER BY execution_id, last_seq`,
      [ids.filter(isId)],
    );
    const byId = new Map<string, { events: string }[]>();
    for (const row of rows) {
      const slices = byId.get(row.execution_id) ?? [];
      byId.set(row.execution_id, slices);
      slices.push(row);
    }
    return new Map(Array.from(byId, ([id, slices]) => [id, eventsOf(slices)]));
  }

  async archive(entries: readonly ArchiveEntry[]): Promise<readonly number[]> {
    if (entries.length === 0) return [];
    const leftOut = await this.database.transaction((session) => archiveEntries(session, entries));
    if (performance.now() >= this.forgetAt) {
      this.forgetAt = performance.now() + forgetEveryMs;
      await forgetThroughput(this.database);
    }
    return leftOut;
  }

  beginTimeline(lease: PartitionLease, current: number): Promise<TimelineBegin> {
    return this.database.transaction((session) => beginTimeline(session, lease, current));
  }
}

/** Of one journal, in order. A slice may have come twice, cut differently: what is known of a position first counts. */
function eventsOf(slices: readonly { readonly events: string }[]): readonly JournalEvent[] {
  const known = new Map<number, JournalEvent>();
  for (const { events } of slices)
    for (const event of JSON.parse(events) as readonly JournalEvent[])
      if (!known.has(event.seq)) known.set(event.seq, event);
  return [...known.values()].sort((a, b) => a.seq - b.seq);
}

/** Callers pass on whatever number people ask for; Postgres fails on one that does not fit its type. */
function toPosition(seq: number): number {
  return Math.min(Math.max(Math.floor(seq), 0), 0x7f_ff_ff_ff);
}
