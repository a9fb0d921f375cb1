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

  it('measures the whole engine beside the floor, checks the results and writes a report', async () => {
    const few = ['--only', 'pairs,layers', '--with', 'floor', '--rounds', '1', '--seconds', '0.3'];
    const args = ['tools/bench/run.mjs', 'engines', ...few, '--no-build', '--out', folder];
    const child = spawn(process.execPath, args, { cwd: workspaceRoot, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    const [code] = (await once(child, 'close')) as [number];
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('Written') });

    const { engines } = JSON.parse(readFileSync(join(folder, 'latest.json'), 'utf8')) as { engines: Report };
    const { comparisons } = engines;
    expect(comparisons.map(({ name, results }) => [name, results.length])).toEqual([
      ['pairs', 3],
      ['layers', 3],
    ]);
    for (const { results } of comparisons)
      for (const { median } of results) expect(median).toBeGreaterThan(0);
    expect(readFileSync(join(folder, 'latest.svg'), 'utf8')).toContain('10 layers');
  });
});
