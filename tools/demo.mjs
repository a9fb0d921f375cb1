// `npm run demo`: submits every payload to a running engine, shows how they run, and compares how they ended with
// what payloads/expected says. BASE_URL and UPSTREAM_URL say where the engine and the demo upstream are.
import { createRequire } from 'node:module';

import { boardFor } from './demo/board.mjs';
import { engineOrAdvice, upstreamOrAdvice } from './demo/preconditions.mjs';
import { closingTable } from './demo/report.mjs';

const { checkEnd, engineAt, ENDED, inputOf, pause, readPayloads, reviveDeadLetter } = createRequire(
  import.meta.url,
)('./acceptance/index.cjs');

const timeoutMs = 120_000;
const engine = engineAt(process.env.BASE_URL ?? 'http://127.0.0.1:8000');
const upstreamUrl = process.env.UPSTREAM_URL ?? 'http://127.0.0.1:8099';

const advice = (await engineOrAdvice(engine)) ?? (await upstreamOrAdvice(upstreamUrl));
if (advice !== undefined) {
  console.error(advice);
  process.exit(2);
}

const shows = readPayloads().flatMap((payload) =>
  payload.runs
    .filter((run) => run.refused === undefined)
    .map((run) => ({
      payload,
      run,
      status: 'SUBMITTING',
      finished: 0,
      total: payload.definition.dag.nodes.length,
    })),
);

const board = boardFor(process.stdout, shows);
console.log(
  `${shows.length} executions of ${new Set(shows.map(({ payload }) => payload)).size} payloads on ${engine.base}\n`,
);
await Promise.all(shows.map((show) => perform(show)));
board.close();
console.log(closingTable(shows));
const failed = shows.filter(({ problems }) => problems.length > 0).length;
console.log(`\n${shows.length - failed} as expected, ${failed} not`);
if (failed === 0)
  console.log(`See them in a browser: ${engine.base}/executions   API reference: ${engine.base}/docs`);
process.exit(failed === 0 ? 0 : 1);

/** One execution from its submission to its end; what is to be seen of it is kept in `show`. */
async function perform(show) {
  const { payload, run } = show;
  try {
    const { execution_id: id } = await engine.submit(payload.definition);
    show.id = id;
    await engine.trigger(id, inputOf(payload, run, upstreamUrl));
    const ended = await follow(show);
    show.problems = await checkEnd(engine, ended, run, upstreamUrl);
    show.note = await noteOf(show, ended);
    if (show.problems.length === 0 && run.after_dead_letter_retry !== undefined) await revive(show);
  } catch (error) {
    show.problems = [error.cause?.message ?? error.message];
    show.status = ENDED.includes(show.status) ? show.status : 'FAILED';
  }
  show.done = true;
  board.update(show);
}

async function follow(show) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const state = await engine.status(show.id);
    note(show, state);
    if (ENDED.includes(state.status)) return state;
    if (Date.now() > deadline) throw new Error(`still ${state.status} after ${timeoutMs / 1000} s`);
    await pause(150);
  }
}

function note(show, { status, progress, node_statuses: nodes, started_at: from, finished_at: to }) {
  if (to !== null) show.ms = Date.parse(to) - Date.parse(from);
  show.status = status;
  show.finished = progress.finished;
  show.total = progress.total;
  show.active = Object.keys(nodes).filter((id) => ['SCHEDULED', 'RUNNING', 'WAITING'].includes(nodes[id]));
  board.update(show);
}

async function revive(show) {
  const { letter, status } = await reviveDeadLetter(engine, show.id);
  note(show, status);
  const problems = await checkEnd(engine, status, show.run.after_dead_letter_retry, upstreamUrl);
  show.problems = problems.map((problem) => `after the retry of the dead letter: ${problem}`);
  show.expected = `${show.run.status}, then ${show.run.after_dead_letter_retry.status}`;
  show.got = `${show.run.status}, then ${status.status}`;
  show.note = `dead letter "${letter.node_id}" after ${letter.attempts} attempts (${letter.error.code}), retried by hand`;
}

/** What is worth knowing beyond the status: retries, failures that were meant to be. */
async function noteOf({ id, run }, ended) {
  const retries = (await engine.journal(id)).filter(({ type }) => type === 'RetryScheduled');
  const parts = [];
  const perNode = new Map();
  for (const { node_id: node, error } of retries) {
    perNode.set(node, { count: (perNode.get(node)?.count ?? 0) + 1, code: error.code });
  }
  for (const [node, { count, code }] of perNode) parts.push(`"${node}" retried ${count}× after ${code}`);
  if (ended.error !== undefined) {
    const { code, node_id: node } = ended.error;
    const meant = ended.status === run.status ? 'meant to end so' : 'unexpected';
    parts.push(`${meant}: ${code}${node === undefined ? '' : ` in "${node}"`}`);
  }
  return parts.join('; ');
}
