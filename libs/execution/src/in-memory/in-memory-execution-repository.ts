import type { Json } from '@workflow-engine/dag';

import type { JournalEvent } from '../decider/events';
import { EXECUTION_STATUSES, isTerminal } from '../decider/status';
import type { ExecutionStatus } from '../decider/status';
import { DuplicateExecutionError, OutdatedVersionError } from '../errors';
import { eventRuns } from '../event-runs';
import type { JournalSection } from '../journal-section';
import type { Page, PageRequest } from '../ports/definition-repository';
import type {
  ArchiveEntry,
  CreatedExecution,
  ExecutionFilter,
  ExecutionRecord,
  ExecutionRepository,
  NewExecution,
  Throughput,
  ThroughputRequest,
  TimelineBegin,
  TriggerResult,
} from '../ports/execution-repository';
import type { HotPosition } from '../ports/execution-store';
import type { PartitionLease } from '../ports/partition-leases';
import type { InMemoryDeadLetters } from './in-memory-dead-letters';
import type { InMemoryDefinitionRepository } from './in-memory-definition-repository';
import { pageOf } from './in-memory-page';
import { InMemoryThroughput } from './in-memory-throughput';

interface Archived {
  record: ExecutionRecord;
  /** Journal position that the record's status stands for. */
  statusSeq: number;
}

export class InMemoryExecutionRepository implements ExecutionRepository {
  private readonly executions = new Map<string, Archived>();
  private readonly idByKey = new Map<string, string>();
  /** Slices of journals, by the position of their last event. */
  private readonly archived = new Map<string, Map<number, readonly JournalEvent[]>>();
  private readonly times = new InMemoryThroughput();

  /** By partition: the current timeline, and the last turn that is archived with the timeline it belongs to. */
  private readonly timelines = new Map<number, number>();
  private readonly archivedTurns = new Map<number, Omit<HotPosition, 'partition'>>();

  constructor(
    private readonly deadLetters: InMemoryDeadLetters,
    private readonly definitions: InMemoryDefinitionRepository,
  ) {}

  async create(executions: readonly NewExecution[]): Promise<readonly CreatedExecution[]> {
    this.refuseDuplicates(executions);
    return executions.map((execution) => this.createOne(execution));
  }

  async createOfNewest(executions: readonly NewExecution[]): Promise<readonly CreatedExecution[]> {
    for (const { name, version } of executions)
      if (this.definitions.lastKnown(name)?.version !== version)
        throw new OutdatedVersionError(name, version);
    return this.create(executions);
  }

  async trigger(id: string, input: Json, at: string): Promise<TriggerResult> {
    const found = this.executions.get(id);
    if (found === undefined) return { outcome: 'not_found' };
    if (found.record.status !== 'PENDING') return { outcome: 'wrong_state', status: found.record.status };
    found.record = { ...found.record, status: 'RUNNING', input, startedAt: at };
    return { outcome: 'triggered', execution: found.record };
  }

  async cancelPending(id: string, at: string): Promise<boolean> {
    const found = this.executions.get(id);
    if (found?.record.status !== 'PENDING') return false;
    found.record = { ...found.record, status: 'CANCELLED', finishedAt: at };
    return true;
  }

  async find(id: string): Promise<ExecutionRecord | undefined> {
    return this.executions.get(id)?.record;
  }

  async findByKeys(
    workflowId: string,
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, ExecutionRecord>> {
    const found = new Map<string, ExecutionRecord>();
    for (const idempotencyKey of keys) {
      const id = this.idByKey.get(keyOf({ workflowId, idempotencyKey }) ?? '');
      const record = id === undefined ? undefined : this.executions.get(id)?.record;
      if (record !== undefined) found.set(idempotencyKey, record);
    }
    return found;
  }

  async search(filter: ExecutionFilter, page: PageRequest): Promise<Page<ExecutionRecord>> {
    const matching = this.records().filter((record) => matches(record, filter));
    return pageOf(matching, { list: 'executions', order: 'descending', key: creationKey }, page);
  }

  async countByStatus(upTo: number): Promise<Readonly<Record<ExecutionStatus, number>>> {
    const counts = EXECUTION_STATUSES.map((status) => {
      const all = this.records().filter((record) => record.status === status);
      return [status, Math.min(upTo, all.length)] as const;
    });
    return Object.fromEntries(counts) as Record<ExecutionStatus, number>;
  }

  async throughput(request: ThroughputRequest): Promise<readonly Throughput[]> {
    return this.times.of(request);
  }

  async unfinished(page: PageRequest): Promise<Page<ExecutionRecord>> {
    const matching = this.records().filter(({ status }) => status === 'RUNNING' || status === 'PAUSED');
    return pageOf(matching, { list: 'unfinished', order: 'ascending', key: creationKey }, page);
  }

  async journal(id: string, afterSeq: number, limit = Infinity): Promise<readonly JournalEvent[]> {
    const slices = [...(this.archived.get(id) ?? [])].sort(([one], [other]) => one - other);
    // Of slices that overlap, the one that ends first counts.
    const events = new Map<number, JournalEvent>();
    for (const [, slice] of slices)
      for (const event of slice) if (!events.has(event.seq)) events.set(event.seq, event);
    return [...events.values()]
      .filter(({ seq }) => seq > afterSeq)
      .sort((a, b) => a.seq - b.seq)
      .slice(0, limit);
  }

  async journals(ids: readonly string[]): Promise<ReadonlyMap<string, readonly JournalEvent[]>> {
    const found = new Map<string, readonly JournalEvent[]>();
    for (const id of ids) if (this.archived.has(id)) found.set(id, await this.journal(id, 0));
    return found;
  }

  async archive(entries: readonly ArchiveEntry[]): Promise<readonly number[]> {
    const isCurrent = ({ position }: ArchiveEntry): boolean =>
      this.timelines.get(position.partition) === position.timeline;
    const current = entries.filter(isCurrent);
    for (const { partition, timeline, turn } of current.map(({ position }) => position)) {
      if (turn > (this.archivedTurns.get(partition)?.turn ?? 0))
        this.archivedTurns.set(partition, { timeline, turn });
    }
    for (const { executionId, section } of eventRuns(current)) this.archiveSlice(executionId, section);
    for (const entry of current) this.archiveEntry(entry);
    const others = entries.filter((entry) => !isCurrent(entry));
    return [...new Set(others.map(({ position }) => position.partition))];
  }

  async beginTimeline({ partition, epoch }: PartitionLease, current: number): Promise<TimelineBegin> {
    const timeline = this.timelines.get(partition) ?? 0;
    if (timeline !== current) return { outcome: 'superseded', timeline };
    this.timelines.set(partition, epoch);
    return { outcome: 'begun', archived: this.archivedTurns.get(partition) ?? { timeline: 0, turn: 0 } };
  }

  /** Before anything is written: all of a call or none. */
  private refuseDuplicates(executions: readonly NewExecution[]): void {
    const ids = new Set<string>();
    const keys = new Set<string>();
    for (const execution of executions) {
      const key = keyOf(execution);
      if (key !== undefined && (this.idByKey.has(key) || keys.has(key))) continue;
      if (this.executions.has(execution.id) || ids.has(execution.id)) {
        throw new DuplicateExecutionError(execution.id);
      }
      ids.add(execution.id);
      if (key !== undefined) keys.add(key);
    }
  }

  private createOne(execution: NewExecution): CreatedExecution {
    const key = keyOf(execution);
    const first = key === undefined ? undefined : this.executions.get(this.idByKey.get(key) ?? '');
    if (first !== undefined) return { created: false, execution: first.record };
    const record = recordOf(execution);
    this.executions.set(execution.id, { record, statusSeq: 0 });
    if (key !== undefined) this.idByKey.set(key, execution.id);
    return { created: true, execution: record };
  }

  private archiveSlice(executionId: string, { events, last }: JournalSection): void {
    const slices = this.archived.get(executionId) ?? new Map<number, readonly JournalEvent[]>();
    this.archived.set(executionId, slices);
    const [first] = events;
    if (slices.size === 0 && first?.type === 'ExecutionStarted') this.times.noteStart(first.at);
    // The beginning of a journal is always archived first: with its last event, all of a slice is there.
    if (!slices.has(last)) slices.set(last, events);
  }

  private archiveEntry(entry: ArchiveEntry): void {
    const { executionId, section, change } = entry;
    const { last } = section;
    const found = this.executions.get(executionId);
    if (found !== undefined && change !== undefined && found.statusSeq < last) {
      found.record = { ...found.record, ...change };
      found.statusSeq = last;
      const { status, startedAt, finishedAt } = found.record;
      if (isTerminal(status) && startedAt !== null && finishedAt !== null)
        this.times.noteEnd(status, startedAt, finishedAt);
    }
    const { settlesDeadLetters, deadLetters = [], settledDeadLetters = [] } = entry;
    if (settlesDeadLetters) {
      const [first] = deadLetters;
      this.deadLetters.settleUpTo(executionId, first === undefined ? last : first.seq - 1);
    }
    for (const letter of deadLetters) this.deadLetters.write(executionId, found?.record.name ?? '', letter);
    for (const seq of settledDeadLetters) this.deadLetters.settle(executionId, seq);
  }

  private records(): readonly ExecutionRecord[] {
    return [...this.executions.values()].map(({ record }) => record);
  }
}

function keyOf({
  workflowId,
  idempotencyKey,
}: Pick<NewExecution, 'workflowId' | 'idempotencyKey'>): string | undefined {
  return idempotencyKey === undefined ? undefined : `${workflowId} ${idempotencyKey}`;
}

function recordOf({
  id,
  workflowId,
  version,
  name,
  labels,
  createdAt,
  trigger,
}: NewExecution): ExecutionRecord {
  return {
    id,
    workflowId,
    version,
    name,
    status: trigger === undefined ? 'PENDING' : 'RUNNING',
    labels,
    input: trigger?.input ?? null,
    error: null,
    createdAt,
    startedAt: trigger === undefined ? null : createdAt,
    finishedAt: null,
  };
}

function creationKey({ createdAt, id }: ExecutionRecord): string {
  return `${createdAt} ${id}`;
}

function matches(record: ExecutionRecord, { status, name, labels, since }: ExecutionFilter): boolean {
  if (status !== undefined && !status.includes(record.status)) return false;
  if (name !== undefined && record.name !== name) return false;
  if (since !== undefined && Date.parse(record.createdAt) < Date.parse(since)) return false;
  return Object.entries(labels ?? {}).every(
    ([key, value]) => Object.hasOwn(record.labels, key) && record.labels[key] === value,
  );
}
