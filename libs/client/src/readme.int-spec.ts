import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { type EngineUnderTest, startEngine } from '../testing/engine';
import * as client from './index';

let engine: EngineUnderTest;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());

/** The README's program, in which only the engine's address is another one. */
function program(url: string): string {
  const readme = readFileSync(join(__dirname, '../../../README.md'), 'utf8');
  const [, code = ''] = /```ts\n(import \{ WorkflowClient \}[^]*?)```/.exec(readme) ?? [];
  const [, ...body] = code.replace("'http://127.0.0.1:8000'", JSON.stringify(url)).split('\n');
  return `(async ({ WorkflowClient }, console, AbortSignal) => {${body.join('\n')}})`;
}

it('the program of the README does what it says', async () => {
  const lines: unknown[][] = [];
  const log = (...line: unknown[]) => lines.push(line);
  const run = runInThisContext(program(engine.url)) as (...globals: unknown[]) => Promise<void>;
  await run(client, { log }, AbortSignal);
  const at = lines.findIndex(([first]) => typeof first === 'object');
  expect(lines.slice(0, at).map(([seq]) => seq)).toEqual(Array.from({ length: at }, (_, index) => index + 1));
  expect(lines[at - 1]).toEqual([at, 'ExecutionCompleted']);
  expect(lines.slice(at, at + 2)).toEqual([[{ greeting: { text: 'Hello Ada' } }], ['COMPLETED']]);
  expect(lines.slice(at + 2)).toEqual([[expect.any(String)], [expect.any(String)]]);
});
