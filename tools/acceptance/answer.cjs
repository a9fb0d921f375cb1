// Evaluates an expression over the last answer that tools/test_api.sh has got, in one of two ways:
//   node answer.cjs check EXPRESSION FOLDER   exit code 0 when it is true; else tells the answer
//   node answer.cjs value EXPRESSION FOLDER   prints the value
// In scope: s (status), b (body: JSON if it is, else text), h (headers, names in lower case), keys(object).
'use strict';

const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const [, , mode, expression, folder] = process.argv;
const text = readFileSync(join(folder, 'body'), 'utf8');
const status = Number(readFileSync(join(folder, 'status'), 'utf8'));
const headers = headersIn(readFileSync(join(folder, 'headers'), 'utf8'));
const body = /json/.test(headers['content-type'] ?? '') && text !== '' ? JSON.parse(text) : text;

const { value, error } = evaluated();
if (mode === 'value') {
  process.stdout.write(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
} else if (value !== true) {
  const why = error === undefined ? '' : ` (${error.message})`;
  console.log(`not true: ${expression}${why}\nthe answer: ${status} ${text.slice(0, 600)}`);
  process.exitCode = 1;
}

function evaluated() {
  const keys = (object) => Object.keys(object).sort().join(',');
  try {
    const run = new Function('s', 'b', 'h', 'keys', `"use strict"; return (${expression});`);
    return { value: run(status, body, headers, keys) };
  } catch (thrown) {
    return { error: thrown };
  }
}

/** Of the last answer, when there were interim ones (100 Continue). */
function headersIn(raw) {
  const last =
    raw
      .trim()
      .split(/\r?\n\r?\n/)
      .at(-1) ?? '';
  const lines = last.split(/\r?\n/).slice(1);
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}
