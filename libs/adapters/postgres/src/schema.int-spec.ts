import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import {
  anArchiveEntry,
  awkwardJson,
  newId,
  someEvents,
  someTimeline,
} from '@workflow-engine/execution/testing';

import { CreateJournalSlices1763900000000 } from './migrations/1763900000000-create-journal-slices';
import { migrations } from './migrations/migrations';
import { PostgresExecutionRepository } from './postgres-execution-repository';
import { onPglite, onPostgres, type TestDatabase } from './testing/databases';

describe.each([
  ['PostgreSQL', onPostgres],
  ['PGlite', onPglite],
])('the schema on %s', (_, open) => {
  let opened: TestDatabase;

  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.close());

  // One snapshot for both servers. When it changes, a new migration must have changed it.
  it('is the one that was reviewed', async () => {
    const columns = await opened.database.query<{ line: string }>(
      `SELECT format('%s.%s %s%s%s%s', table_name, column_name, data_type,
         CASE collation_name WHEN 'C' THEN ' collate C' ELSE '' END,
         CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END, ' default ' || column_default) AS line
       FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'schema_migrations'
       ORDER BY table_name, ordinal_position`,
    );
    const indexes = await opened.database.query<{ line: string }>(
      `SELECT indexdef AS line FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'schema_migrations'
       ORDER BY tablename, indexname`,
    );
    const constraints = await opened.database.query<{ line: string }>(
      `SELECT format('%s: %s', conname, pg_get_constraintdef(oid)) AS line FROM pg_constraint
       WHERE connamespace = 'public'::regnamespace AND conrelid <> 'schema_migrations'::regclass
         AND contype <> 'n' ORDER BY conname`,
    );
    const lines = [...columns, '', ...indexes, '', ...constraints];
    expect(lines.map((row) => (typeof row === 'string' ? row : row.line)).join('\n')).toMatchSnapshot(
      'schema',
    );
  });

  it('is what the entities describe', async () => {
    const { upQueries } = await opened.database.dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('brings journals along in both directions', async () => {
    const executions = new PostgresExecutionRepository(opened.database);
    const id = newId();
    await executions.beginTimeline(someTimeline, 0);
    await executions.archive([anArchiveEntry(id, someEvents(1, 3, [awkwardJson]))]);
    await executions.archive([anArchiveEntry(id, someEvents(4, 4, 'last'))]);
    const journal = await executions.journal(id, 0);
    expect(journal).toHaveLength(4);
    const first = migrations.indexOf(CreateJournalSlices1763900000000);
    for (let last = migrations.length - 1; last >= first; last--)
      await opened.database.dataSource.undoLastMigration();
    const former = await opened.database.query<{ event: string }>(
      'SELECT event FROM journal_events WHERE execution_id = $1 ORDER BY seq',
      [id],
    );
    expect(former.map(({ event }): unknown => JSON.parse(event))).toEqual(journal);
    await opened.database.migrate();
    expect(await executions.journal(id, 0)).toEqual(journal);
  });

  it('can be taken back and built again', async () => {
    await opened.database.dataSource.undoLastMigration();
    expect(await opened.database.pendingMigrations()).not.toEqual([]);
    await opened.database.migrate();
    expect(await opened.database.pendingMigrations()).toEqual([]);
  });
});
