import type { ArchiveEntry, JournalEvent } from '@workflow-engine/execution';
import { eventRuns } from '@workflow-engine/execution';
import { v7 as uuidv7 } from 'uuid';

import type { Session } from '../database/database';
import { toStoredText } from '../encoding/stored-text';
import { countHappened } from './throughput';
import { ofCurrentTimeline } from './timelines';

/** Bounds what one statement holds in memory, and how long it keeps an embedded database's thread from all else. */
const maxStatementChars = 8_000_000;
const maxStatementSlices = 1_000;

interface StoredSlice {
  readonly executionId: string;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly events: string;
}

/**
 * Everything about a batch of journal slices, in the caller's transaction. Each part is idempotent and ruled by
 * journal positions, so entries may come again, cut differently, or late.
 * @returns the partitions of which entries were left out, because they are of another timeline
 */
export async function archiveEntries(
  session: Session,
  given: readonly ArchiveEntry[],
): Promise<readonly number[]> {
  // Each row is found by its key. Of a table that was small a moment ago, the planner would rather read all of it.
  await session.query(
    `SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`,
  );
  const { current: entries, leftOut } = await ofCurrentTimeline(session, given);
  const begun = new Set<string>();
  for (const chunk of chunksOf(storedSlices(entries)))
    for (const id of await insertSlices(session, chunk)) begun.add(id);
  await settleDeadLetters(session, entries);
  await insertDeadLetters(session, entries);
  await settleSingleDeadLetters(session, entries);
  const starts = entries.flatMap(({ executionId, section }) => {
    const isFirst = section.first === 1 && begun.delete(executionId);
    return isFirst ? section.events.filter(({ type }) => type === 'ExecutionStarted') : [];
  });
  await applyChanges(session, entries, starts);
  return leftOut;
}

/**
 * What is archived of an execution is always the beginning of its journal, so all that a slice has is there already if
 * one that ends with the same event is. The JSON has no line breaks; as lines it needs none of the escapes that an array
 * of texts takes, which cost as much as all the rest.
 * @returns the executions of which nothing was there yet
 */
async function insertSlices(session: Session, slices: readonly StoredSlice[]): Promise<readonly string[]> {
  const begun = await session.prepared<{ execution_id: string }>(
    `WITH inserted AS (
       INSERT INTO journal_slices (execution_id, last_seq, first_seq, events)
       SELECT * FROM unnest($1::uuid[], $2::integer[], $3::integer[], string_to_array($4::text, E'\\n'))
       ON CONFLICT DO NOTHING
       RETURNING execution_id, first_seq
     )
     SELECT execution_id FROM inserted i WHERE first_seq = 1
       AND NOT EXISTS (SELECT FROM journal_slices j WHERE j.execution_id = i.execution_id)`,
    [
      slices.map(({ executionId }) => executionId),
      slices.map(({ lastSeq }) => lastSeq),
      slices.map(({ firstSeq }) => firstSeq),
      slices.map(({ events }) => events).join('\n'),
    ],
  );
  return begun.map(({ execution_id }) => execution_id);
}

/** What is written for the first time counts as throughput. */
async function applyChanges(
  session: Session,
  entries: readonly ArchiveEntry[],
  starts: readonly JournalEvent[],
): Promise<void> {
  const newest = new Map<string, { seq: number; change: NonNullable<ArchiveEntry['change']> }>();
  for (const { executionId, section, change } of entries) {
    const seq = section.last;
    if (change === undefined || seq <= (newest.get(executionId)?.seq ?? 0)) continue;
    newest.set(executionId, { seq, change });
  }
  if (newest.size === 0 && starts.length === 0) return;
  const rows = [...newest].sort(byId);
  await session.prepared(
    `WITH changed AS (
       UPDATE executions e
       SET status = t.status, error = t.error, finished_at = t.finished_at, status_seq = t.seq
       FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::timestamptz[])
         AS t (id, seq, status, error, finished_at)
       WHERE e.id = t.id AND e.status_seq < t.seq
       RETURNING e.status, e.started_at, e.finished_at
     ), happened (at, event, ms) AS (
       SELECT at, 'STARTED', 0::float8 FROM unnest($6::timestamptz[]) AS at
       UNION ALL
       SELECT finished_at, status, date_part('epoch', finished_at - started_at) * 1000
       FROM changed WHERE started_at IS NOT NULL AND finished_at IS NOT NULL
     ) ${countHappened}`,
    [
      rows.map(([id]) => id),
      rows.map(([, { seq }]) => seq),
      rows.map(([, { change }]) => change.status),
      rows.map(([, { change }]) => (change.error === null ? null : JSON.stringify(change.error))),
      rows.map(([, { change }]) => change.finishedAt),
      starts.map(({ at }) => at),
    ],
  );
}

/** The mark stays on the execution, so that a letter archived after its retry is born settled. */
async function settleDeadLetters(session: Session, entries: readonly ArchiveEntry[]): Promise<void> {
  const marks = new Map<string, number>();
  for (const { executionId, section, settlesDeadLetters, deadLetters } of entries) {
    if (!settlesDeadLetters) continue;
    const first = deadLetters?.[0];
    const upTo = first === undefined ? section.last : first.seq - 1;
    marks.set(executionId, Math.max(upTo, marks.get(executionId) ?? 0));
  }
  if (marks.size === 0) return;
  const rows = [...marks].sort(byId);
  await session.query(
    `WITH settled AS (
       UPDATE executions e SET settled_seq = t.seq
       FROM unnest($1::uuid[], $2::integer[]) AS t (id, seq)
       WHERE e.id = t.id AND e.settled_seq < t.seq
       RETURNING e.id, e.settled_seq
     )
     UPDATE dead_letters d SET state = 'settled'
     FROM settled s WHERE d.execution_id = s.id AND d.seq <= s.settled_seq AND d.state = 'open'`,
    [rows.map(([id]) => id), rows.map(([, seq]) => seq)],
  );
}

async function insertDeadLetters(session: Session, entries: readonly ArchiveEntry[]): Promise<void> {
  const letters = entries.flatMap(({ executionId, deadLetters = [] }) =>
    deadLetters.map((letter) => ({ executionId, ...letter })),
  );
  if (letters.length === 0) return;
  await session.query(
    `INSERT INTO dead_letters
       (id, execution_id, seq, node_id, handler, error, attempts, state, created_at)
     SELECT t.id, t.execution_id, t.seq, t.node_id, t.handler, t.error, t.attempts,
       CASE WHEN t.seq <= e.settled_seq THEN 'settled' ELSE 'open' END, t.created_at
     FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::integer[],
         $8::timestamptz[])
       AS t (id, execution_id, seq, node_id, handler, error, attempts, created_at)
     LEFT JOIN executions e ON e.id = t.execution_id
     ON CONFLICT DO NOTHING`,
    [
      letters.map(() => uuidv7()),
      letters.map(({ executionId }) => executionId),
      letters.map(({ seq }) => seq),
      letters.map(({ nodeId }) => toStoredText(nodeId)),
      letters.map(({ handler }) => toStoredText(handler)),
      letters.map(({ error }) => JSON.stringify(error)),
      letters.map(({ attempts }) => attempts),
      letters.map(({ createdAt }) => createdAt),
    ],
  );
}

/** A letter that is yet to come is settled by a blank one in its place, which stays. */
async function settleSingleDeadLetters(session: Session, entries: readonly ArchiveEntry[]): Promise<void> {
  const positions = new Map<string, { readonly executionId: string; readonly seq: number }>();
  for (const { executionId, settledDeadLetters = [] } of entries)
    for (const seq of settledDeadLetters) positions.set(`${executionId} ${seq}`, { executionId, seq });
  if (positions.size === 0) return;
  const rows = [...positions].sort(byId).map(([, position]) => position);
  await session.query(
    `INSERT INTO dead_letters
       (id, execution_id, seq, node_id, handler, error, attempts, state, created_at)
     SELECT t.id, t.execution_id, t.seq, '', '', '', 0, 'settled', now()
     FROM unnest($1::uuid[], $2::uuid[], $3::integer[]) AS t (id, execution_id, seq)
     ON CONFLICT (execution_id, seq) DO UPDATE SET state = 'settled' WHERE dead_letters.state = 'open'`,
    [rows.map(() => uuidv7()), rows.map(({ executionId }) => executionId), rows.map(({ seq }) => seq)],
  );
}

/** In one order for all writers, so that two archivers with common slices wait instead of deadlock. */
function storedSlices(entries: readonly ArchiveEntry[]): readonly StoredSlice[] {
  return eventRuns(entries)
    .map(({ executionId, section: { first, last, json } }) => ({
      executionId,
      firstSeq: first,
      lastSeq: last,
      events: json,
    }))
    .sort((a, b) =>
      a.executionId === b.executionId ? a.lastSeq - b.lastSeq : a.executionId < b.executionId ? -1 : 1,
    );
}

function* chunksOf(slices: readonly StoredSlice[]): Generator<readonly StoredSlice[]> {
  let chunk: StoredSlice[] = [];
  let chars = 0;
  for (const slice of slices) {
    if (
      chunk.length > 0 &&
      (chunk.length >= maxStatementSlices || chars + slice.events.length > maxStatementChars)
    ) {
      yield chunk;
      chunk = [];
      chars = 0;
    }
    chunk.push(slice);
    chars += slice.events.length;
  }
  if (chunk.length > 0) yield chunk;
}

function byId(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}
