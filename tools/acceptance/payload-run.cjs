// Runs a payload against a running engine and tells what differs from what is expected of it.
'use strict';

const { pause, untilEnded } = require('./engine-client.cjs');
const { differences, faultDifferences } = require('./expectation.cjs');
const { DEFAULT_UPSTREAM } = require('./payload-files.cjs');

/** What to trigger a run with: the upstream's address goes along when it is not the payloads' default. */
function inputOf(payload, run, upstreamUrl = DEFAULT_UPSTREAM) {
  const elsewhere = payload.callsUpstream && upstreamUrl !== DEFAULT_UPSTREAM;
  return { ...(elsewhere && { base_url: upstreamUrl }), ...run.input };
}

/**
 * Submits, triggers, waits for the end and compares; revives the dead letter where the run says so.
 * @returns {Promise<string[]>} what differs; empty: as expected
 */
async function checkRun(engine, payload, run, upstreamUrl) {
  const { execution_id: id } = await engine.submit(payload.definition);
  const input = inputOf(payload, run, upstreamUrl);
  if (run.refused !== undefined) return checkRefusal(engine, id, input, run.refused);
  await engine.trigger(id, input);
  const ended = await untilEnded(engine, id);
  const problems = await checkEnd(engine, ended, run, upstreamUrl);
  if (run.after_dead_letter_retry === undefined || problems.length > 0) return problems;
  const { status } = await reviveDeadLetter(engine, id);
  return (await checkEnd(engine, status, run.after_dead_letter_retry, upstreamUrl)).map(
    (problem) => `after the retry of the dead letter: ${problem}`,
  );
}

async function reviveDeadLetter(engine, id) {
  const letter = await deadLetterOf(engine, id);
  await engine.retryDeadLetter(letter.id);
  return { letter, status: await untilEnded(engine, id) };
}

async function checkRefusal(engine, id, input, refused) {
  const { status, body } = await engine.call('POST', `/workflow/trigger/${id}`, { input });
  const pointers = (body.errors ?? []).map(({ pointer }) => pointer).sort();
  return differences(
    { status: refused.status, code: refused.code, pointers: [...refused.pointers].sort() },
    { status, code: body.code, pointers },
  );
}

/** Compares an execution that has ended. */
async function checkEnd(engine, status, run, upstreamUrl) {
  const id = status.execution_id;
  if (status.status !== run.status) {
    const why = status.error === undefined ? '' : ` (${status.error.code}: ${status.error.message})`;
    return [`the execution should be ${run.status}, but is ${status.status}${why}`];
  }
  const problems = differences({ $contains: run.error ?? {} }, status.error ?? {}, {}, 'error');
  problems.push(...differences({ $contains: run.nodes ?? {} }, status.node_statuses, {}, 'node_statuses'));
  if (run.output !== undefined) {
    const { output } = await engine.results(id);
    problems.push(...differences(run.output, output, { executionId: id }, 'output'));
  }
  for (const [nodeId, count] of Object.entries(run.attempts ?? {})) {
    const { attempts } = await engine.node(id, nodeId);
    if (attempts.length !== count) {
      problems.push(`node ${nodeId} should have ${count} attempts, but has ${attempts.length}`);
    }
  }
  if (run.dead_letter !== undefined) {
    const letter = await deadLetterOf(engine, id);
    problems.push(...differences({ $contains: run.dead_letter }, letter, {}, 'the dead letter'));
  }
  problems.push(...(await checkEffects(run.effects ?? {}, id, upstreamUrl)));
  return problems;
}

/** Archived within a moment after the execution's end. */
async function deadLetterOf(engine, id) {
  for (let tries = 0; tries < 100; tries++) {
    const letter = await engine.deadLetterOf(id);
    if (letter !== undefined) return letter;
    await pause(100);
  }
  throw new Error(`execution ${id} has left no dead letter`);
}

/** What the execution has done to the world, as the upstream's ledger tells it. */
async function checkEffects(effects, id, upstreamUrl = DEFAULT_UPSTREAM) {
  const problems = [];
  for (const [kind, count] of Object.entries(effects)) {
    let seen = await countEffects(upstreamUrl, kind, id);
    // A call that was told to stop shows in the ledger once its connection is closed.
    for (let tries = 0; seen < count && tries < 30; tries++) {
      await pause(100);
      seen = await countEffects(upstreamUrl, kind, id);
    }
    if (seen !== count) problems.push(`the ledger should have ${count} × ${kind}, but has ${seen}`);
  }
  return problems;
}

async function countEffects(upstreamUrl, kind, reference) {
  const response = await fetch(`${upstreamUrl}/ledger?kind=${kind}&reference=${reference}`);
  return (await response.json()).count;
}

/** Submits a document that must be refused. @returns {Promise<string[]>} */
async function checkInvalid(engine, { document, faults }) {
  const { status, body } = await engine.call('POST', '/workflow', document);
  if (status !== 400 || body.code !== 'INVALID_DEFINITION') {
    return [`should be refused with 400 INVALID_DEFINITION, but the answer is ${status} ${body.code ?? ''}`];
  }
  return faultDifferences(faults, body.errors);
}

module.exports = { checkEnd, checkInvalid, checkRun, inputOf, reviveDeadLetter };
