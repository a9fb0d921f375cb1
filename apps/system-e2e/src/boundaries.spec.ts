import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from '@jest/globals';

import { workspaceRoot } from './app-process';

/** Files that do not exist, and what they import. */
const forbidden = [
  ['libs/dag/src/probe.ts', '@workflow-engine/execution'],
  ['libs/dag/src/probe.ts', 'ajv'],
  ['libs/templating/src/probe.ts', '@workflow-engine/execution'],
  ['libs/execution/src/probe.ts', 'node:fs'],
  ['libs/execution/src/probe.ts', 'fs'],
  ['libs/execution/src/probe.ts', 'ioredis'],
  ['libs/execution/src/probe.ts', 'typeorm'],
  ['libs/execution/src/probe.ts', '@workflow-engine/postgres'],
  ['libs/adapters/postgres/src/probe.ts', '@nestjs/common'],
  ['libs/adapters/postgres/src/probe.ts', '@workflow-engine/runtime'],
  ['libs/task-handlers/src/probe.ts', '@workflow-engine/contracts'],
  ['libs/contracts/src/probe.ts', '@workflow-engine/dag'],
  ['libs/client/src/probe.ts', '@workflow-engine/json-source'],
  ['libs/json-source/src/probe.ts', '@workflow-engine/contracts'],
  ['libs/runtime/src/probe.ts', '@workflow-engine/api'],
  // Only whoever opens a database loads what it takes.
  ['libs/runtime/src/probe.ts', '@workflow-engine/postgres'],
  ['libs/adapters/postgres/src/probe.ts', '@workflow-engine/api'],
  ['apps/api/src/probe.ts', 'typeorm'],
  ['apps/api/src/probe.ts', 'pg'],
  ['apps/standalone/src/probe.ts', '@workflow-engine/postgres'],
  ['apps/system-e2e/src/probe.ts', '@workflow-engine/execution'],
  ['apps/system-e2e/src/probe.ts', 'typeorm'],
] as const;

const allowed = [
  ['libs/templating/src/probe.ts', '@workflow-engine/dag'],
  ['libs/templating/src/probe.ts', 're2js'],
  ['libs/execution/src/probe.ts', '@workflow-engine/templating'],
  ['libs/execution/src/probe.spec.ts', 'node:fs'],
  ['libs/adapters/postgres/src/probe.ts', 'typeorm'],
  ['libs/adapters/postgres/src/probe.ts', 'node:fs'],
  ['libs/runtime/src/probe.ts', '@nestjs/common'],
  ['libs/runtime/src/probe.ts', '@workflow-engine/redis'],
  ['apps/api/src/probe.ts', '@workflow-engine/runtime'],
  ['apps/standalone/src/probe.ts', '@workflow-engine/api'],
  ['apps/console/src/probe.ts', '@workflow-engine/json-source'],
  ['apps/cli/src/probe.ts', '@workflow-engine/json-source'],
  ['apps/system-e2e/src/probe.ts', '@workflow-engine/contracts'],
] as const;

const boundaryRules = ['@nx/enforce-module-boundaries', 'no-restricted-imports'];

/** Against the layers, against the direction or the way that is in use already, against the list of packages. */
const refusal =
  /can only depend on libs tagged|cannot depend on any libs|not allowed to import|Circular dependency|free of I\/O|cannot be imported|Imports of apps are forbidden|lazy-loaded/;

/** Messages of the boundary rules, in the order of the probes. */
let refusals: readonly (readonly string[])[] = [];

beforeAll(() => {
  const probes = [...forbidden, ...allowed].map(([file, source]) => ({ file, source }));
  // ESLint and the Nx project graph load ES modules, which Jest's module system does not: hence a process.
  const output = execFileSync(process.execPath, [join(__dirname, 'lint-probes.mjs')], {
    cwd: workspaceRoot,
    input: JSON.stringify({ probes, rules: boundaryRules }),
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NX_DAEMON: 'false' },
    encoding: 'utf8',
    timeout: 120_000,
  });
  refusals = JSON.parse(output) as string[][];
}, 120_000);

describe('the layers', () => {
  it.each(forbidden.map(([file, source], index) => ({ file, source, index })))(
    '$file must not import $source',
    ({ index }) => {
      expect(refusals[index]?.join('\n')).toMatch(refusal);
    },
  );

  it.each(allowed.map(([file, source], index) => ({ file, source, index: forbidden.length + index })))(
    '$file may import $source',
    ({ index }) => {
      expect(refusals[index]).toEqual([]);
    },
  );
});
