import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from '@jest/globals';

import { workspaceRoot } from '../app-process';
import type { Report } from './bench';

describe('npm run bench', () => {
  const folder = mkdtempSync(join(tmpdir(), 'workflow-engine-bench-test-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = async (...args: readonly string[]): Promise<Report> => {
    const file = 'tools/bench/run.mjs';
    const child = spawn(process.execPath, [file, ...args, '--no-build', '--out', folder], {
      cwd: workspaceRoot,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    const [code] = (await once(child, 'close')) as [number];
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('Written') });
    return JSON.parse(readFileSync(join(folder, 'latest.json'), 'utf8')) as Report;
  };

  it('measures the whole engine beside the floor, checks the results and writes a report', async () => {
    const few = ['--quick', '--only', 'pairs,layers', '--with', 'floor', '--seconds', '0.3'];
    const { engines } = await run('engines', ...few);
    const comparisons = engines?.comparisons ?? [];
    expect(comparisons.map(({ name, results }) => [name, results.length])).toEqual([
      ['pairs', 3],
      ['layers', 3],
    ]);
    for (const { results } of comparisons)
      for (const { median } of results) expect(median).toBeGreaterThan(0);
    expect(readFileSync(join(folder, 'latest.svg'), 'utf8')).toContain('10 layers');
  });

  it('asks the api everything that it is to be measured by', async () => {
    const { requests, engines } = await run('requests', '--rounds', '1', '--seconds', '0.1');
    const figures = requests?.figures ?? [];
    expect(figures.length).toBeGreaterThan(5);
    for (const { median, p99 } of figures) expect([median > 0, p99 !== undefined]).toEqual([true, true]);
    // Parts that were not run stay as they were.
    expect(engines?.comparisons).toHaveLength(2);
  });
});
