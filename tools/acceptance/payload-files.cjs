// The example workflows: payloads/*.json with payloads/expected/*.json, and the invalid ones with their faults.
'use strict';

const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const folder = join(__dirname, '../../payloads');
/** Written once in each payload that calls the demo upstream; a trigger's input may override it. */
const DEFAULT_UPSTREAM = 'http://127.0.0.1:8099';

/** @returns {{ name: string, definition: object, callsUpstream: boolean, needsLlm: boolean, runs: object[] }[]} */
function readPayloads() {
  return jsonFiles(folder).map((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const expected = read(join(folder, 'expected', file));
    return {
      name: file.replace(/\.json$/, ''),
      definition: JSON.parse(text),
      callsUpstream: text.includes(DEFAULT_UPSTREAM),
      needsLlm: expected.needs === 'llm',
      runs: expected.runs,
    };
  });
}

/** @returns {{ name: string, document: unknown, faults: object[] }[]} */
function readInvalidPayloads() {
  const invalid = join(folder, 'human_readable_errors');
  return jsonFiles(invalid)
    .filter((file) => !file.endsWith('.faults.json'))
    .map((file) => {
      const name = file.replace(/\.json$/, '');
      return {
        name,
        document: read(join(invalid, file)),
        faults: read(join(invalid, `${name}.faults.json`)),
      };
    });
}

function jsonFiles(path) {
  return readdirSync(path)
    .filter((file) => file.endsWith('.json'))
    .sort();
}

function read(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

module.exports = { DEFAULT_UPSTREAM, readInvalidPayloads, readPayloads };
