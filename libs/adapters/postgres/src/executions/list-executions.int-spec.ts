import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ExecutionFilter } from '@workflow-engine/execution';

import { encodeCursor } from '../encoding/cursor';
import { onPostgres, type TestDatabase } from '../testing/databases';
import { listStatement } from './list-executions';

const rows = 30_000;

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** Rows of the table that a plan touched, also those it threw away. */
function rowsRead(node: PlanNode): number {
  const own = node['Relation Name'] === 'executions' || node['Node Type'] === 'Bitmap Index Scan';
  const perLoop = node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0);
  const below = (node.Plans ?? []).map(rowsRead).reduce((sum, count) => sum + count, 0);
  return below + (own ? perLoop * node['Actual Loops'] : 0);
}

describe('lists of executions', () => {
  let opened: TestDatabase;

  beforeAll(async () => {
    opened = await onPostgres();
    await opened.database.query(
      `INSERT INTO executions (id, workflow_id, version, name, status, labels, created_at)
       SELECT gen_random_uuid(), gen_random_uuid(), 1, 'name-' || n % 50,
         CASE WHEN n % 1000 = 0 THEN 'PAUSED' WHEN n % 10 = 0 THEN 'FAILED' ELSE 'COMPLETED' END,
         CASE WHEN n % 2 = 0 THEN jsonb_build_object('customer', 'c' || n % 3000) ELSE '{}' END,
         '2026-01-01'::timestamptz + n * interval '1 second'
       FROM generate_series(1, $1::integer) AS n`,
      [rows],
    );
    await opened.database.query('ANALYZE executions');
  });
  afterAll(() => opened.close());

  const middle = ['2026-01-01T04:00:00.000Z', '01890a5d-ac96-774b-bcce-b302099a8057'];
  const lists: [string, ExecutionFilter, number][] = [
    ['everything', {}, 50 * 7],
    ['a frequent status', { status: ['COMPLETED'] }, 100],
    ['a rare status', { status: ['PAUSED'] }, 100],
    ['a status that never occurs', { status: ['TIMED_OUT'] }, 10],
    ['several statuses', { status: ['RUNNING', 'PAUSED', 'FAILED'] }, 200],
    ['a name', { name: 'name-7' }, 400],
    ['a name that is not there', { name: 'nobody' }, 10],
    ['a name and a status', { name: 'name-0', status: ['PAUSED'] }, 100],
    ['a time', { since: '2026-01-01T08:19:00.000Z' }, 200],
    ['a label', { labels: { customer: 'c42' } }, 1_500],
    ['a label that is not there', { labels: { customer: 'nobody' } }, 10],
  ];

  for (const [name, filter, most] of lists) {
    it.each(['the first page', 'a page in the middle'])(
      `read little more than %s of ${name}`,
      async (where) => {
        const cursor = where === 'the first page' ? {} : { cursor: encodeCursor('executions', middle) };
        const { sql, parameters } = listStatement({
          list: 'executions',
          order: 'DESC',
          filter,
          limit: 50,
          ...cursor,
        });
        const [explained] = await opened.database.query<{
          'QUERY PLAN': readonly [{ readonly Plan: PlanNode }];
        }>(`EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`, parameters);
        const plan = explained?.['QUERY PLAN'][0].Plan;
        if (plan === undefined) throw new Error('no plan');
        expect(rowsRead(plan)).toBeLessThanOrEqual(most);
      },
    );
  }
});
