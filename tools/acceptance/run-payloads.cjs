// Runs payloads against an engine, for tools/test_api.sh: one line per result, "ok|not ok|skip <tab> name <tab> why".
//   node run-payloads.cjs valid|invalid BASE_URL UPSTREAM_URL HAS_DEMO_MODEL(yes|no)
'use strict';

const { checkInvalid, checkRun, engineAt, readInvalidPayloads, readPayloads } = require('./index.cjs');

const [, , which, baseUrl, upstreamUrl, hasDemoModel] = process.argv;
const engine = engineAt(baseUrl);

async function main() {
  if (which === 'invalid') {
    for (const invalid of readInvalidPayloads()) {
      await report(`${invalid.name}.json is refused with its faults`, () => checkInvalid(engine, invalid));
    }
    return;
  }
  for (const payload of readPayloads()) {
    for (const run of payload.runs) {
      const name = `${payload.name}: ${run.name}`;
      if (payload.needsLlm && hasDemoModel !== 'yes') {
        console.log(`skip\t${name}\tits expectation holds for the demo's model only (start with --demo)`);
      } else await report(name, () => checkRun(engine, payload, run, upstreamUrl));
    }
  }
}

async function report(name, check) {
  let problems;
  try {
    problems = await check();
  } catch (error) {
    problems = [error.cause?.message ?? error.message];
  }
  console.log(problems.length === 0 ? `ok\t${name}` : `not ok\t${name}\t${problems.join('; ')}`);
}

main();
