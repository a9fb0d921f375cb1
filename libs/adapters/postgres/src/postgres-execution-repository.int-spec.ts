import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NewExecution } from '@workflow-engine/execution';
import {
  anArchiveEntry,
  aNewExecution,
  newId,
  someEvents,
  someTimeline,
} from '@workflow-engine/execution/testing';

import type { Session } from './database/database';
import { archiveEntries } from './executions/archive-entries';
import { PostgresExecutionRepository } from './postgres-execution-repository';
import { onPostgres, type TestDatabase } from './testing/databases';

/** What only a database can get wrong, beyond the contract. */
describe('PostgresExecutionRepository', () => {
  let opened: TestDatabase;
  let executions: PostgresExecutionRepository;

  beforeAll(async () => {
    opened = await onPostgres();
    executions = new PostgresExecutionRepository(opened.database);
    await executions.beginTimeline(someTimeline, 0);
  });
  afterAll(() => opened.close());

  it.each<[string, Partial<NewExecution>]>([
    ['an id that is no UUID', { id: 'e1' }],
    ['a workflow id that is no UUID', { workflowId: 'w' }],
    ['an upper-case id', { id: newId().toUpperCase() }],
    ['a version that does not fit', { version: 2 ** 31 }],
    ['a time of no calendar', { createdAt: 'yesterday' }],
    // Longer than an index entry may be, and too varied to be compressed: only the database notices.
    ['a name no index can hold', { name: Array.from({ length: 4_000 }, newId).join('') }],
  ])('refuses %s and nothing that comes at the same time', async (_, fault) => {
    const answers = await Promise.allSettled(
      [{}, fault, {}].map((overrides) => executions.create([aNewExecution(overrides)])),
    );
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('settles idempotency keys between processes that bring them in opposite order', async () => {
    const workflowId = newId();
    const keys = Array.from({ length: 200 }, (_, index) => `key ${index}`);
    const processes = [keys, [...keys].reverse(), keys, [...keys].reverse()];
    const answers = await Promise.all(
      processes.map(async (order) => {
        const other = new PostgresExecutionRepository(opened.database);
        return other.create(order.map((idempotencyKey) => aNewExecution({ workflowId, idempotencyKey })));
      }),
    );

    expect(answers.flat().filter(({ created }) => created)).toHaveLength(keys.length);
    expect(new Set(answers.flat().map(({ execution }) => execution.id)).size).toBe(keys.length);
  });

  it('lets one of several processes trigger each execution, in whatever order they come', async () => {
    const created = await executions.create(Array.from({ length: 200 }, () => aNewExecution()));
    const ids = created.map(({ execution }) => execution.id);
    const processes = [ids, [...ids].reverse(), ids, [...ids].reverse()];
    const answers = await Promise.all(
      processes.map(async (order) => {
        const other = new PostgresExecutionRepository(opened.database);
        return Promise.all(order.map((id) => other.trigger(id, null, new Date().toISOString())));
      }),
    );
    expect(answers.flat().filter(({ outcome }) => outcome === 'triggered')).toHaveLength(ids.length);
  });

  it('archives all entries of a call or none', async () => {
    const [created] = await executions.create([aNewExecution({ trigger: { input: null } })]);
    const id = created?.execution.id ?? '';
    const change = { status: 'COMPLETED', error: null, finishedAt: 'no time at all' } as const;
    await expect(executions.archive([anArchiveEntry(id, someEvents(1, 3), { change })])).rejects.toThrow();

    expect(await executions.journal(id, 0)).toEqual([]);
    expect((await executions.find(id))?.status).toBe('RUNNING');
  });

  it('archives by key, also while the tables are so small that reading them seems as good', async () => {
    const created = await executions.create(
      Array.from({ length: 500 }, () => aNewExecution({ trigger: { input: null } })),
    );
    const change = { status: 'COMPLETED', error: null, finishedAt: new Date().toISOString() } as const;
    const entries = created
      .slice(0, 100)
      .map(({ execution }) => anArchiveEntry(execution.id, someEvents(1, 3), { change }));
    const rowsRead = await opened.database.transaction(async (session) => {
      const before = await rowsReadBy(session);
      await archiveEntries(session, entries);
      return (await rowsReadBy(session)) - before;
    });
    expect(rowsRead).toBe(entries.length);
  });
});

/** What its connection has read of executions, as far as it is not in the statistics of all yet. */
async function rowsReadBy(session: Session): Promise<number> {
  const [row] = await session.query<{ rows: number }>(
    `SELECT (seq_tup_read + idx_tup_fetch)::integer AS rows FROM pg_stat_xact_user_tables
     WHERE relname = 'executions'`,
  );
  return row?.rows ?? 0;
}
