import { setTimeout as sleep } from 'node:timers/promises';

import pg from 'pg';

import { answer } from '../../process-messages.mjs';
import { resultNodes } from '../../workloads.cjs';
import { QUEUE, startBoss } from './boss.mjs';

const LOOK_EVERY_MS = 10;

const boss = await startBoss({});
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 1 });
await pool.query(`CREATE TABLE fan_in (
  seed integer, node integer, count integer NOT NULL, sum float8 NOT NULL, PRIMARY KEY (seed, node))`);
await boss.createQueue(QUEUE, { notify: true });
let roots = [];
let sinks = [];

answer({
  async begin({ shape }) {
    roots = shape.flatMap((dependencies, node) => (dependencies.length === 0 ? [node] : []));
    sinks = resultNodes(shape);
    await boss.deleteAllJobs(QUEUE);
    await pool.query('TRUNCATE fan_in');
  },
  async start({ seeds }) {
    await boss.insert(
      QUEUE,
      seeds.flatMap((seed) => roots.map((node) => ({ data: { task: [seed, node, 0] } }))),
    );
  },
  async settled() {
    for (;;) {
      const { rows } = await pool.query(
        `SELECT NOT EXISTS (SELECT FROM pgboss.job WHERE name = $1 AND state <> 'completed') AS "isOver"`,
        [QUEUE],
      );
      if (rows[0].isOver) return;
      await sleep(LOOK_EVERY_MS);
    }
  },
  async results() {
    const { rows } = await pool.query(
      `SELECT data, output FROM pgboss.job
       WHERE name = $1 AND state = 'completed' AND (data->'task'->>1)::integer = ANY ($2::integer[])`,
      [QUEUE, sinks],
    );
    const results = new Map();
    for (const { data, output } of rows) {
      const [seed, node] = data.task;
      const result = results.get(seed) ?? { seed, values: {} };
      result.values[node] = output.value;
      results.set(seed, result);
    }
    return [...results.values()];
  },
});
console.log('ready');
