import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from '@jest/globals';

import { workspaceRoot } from './app-process';
import { run } from './publishing/run';
import { removeTemporaryFolders, temporaryFolder } from './temporary-folder';

afterAll(removeTemporaryFolders);

describe('the build', () => {
  const project = temporaryFolder('build');
  const build = () =>
    run(process.execPath, [join(workspaceRoot, 'tools/build-typescript.mjs'), project], '/');
  const built = () => readdirSync(join(project, 'dist'), { recursive: true }).map(String).sort();

  it('takes away what comes from sources that are gone, and nothing else', async () => {
    const compilerOptions = { composite: true, rootDir: 'src', outDir: 'dist', sourceMap: true, types: [] };
    mkdirSync(join(project, 'src/old'), { recursive: true });
    writeFileSync(join(project, 'tsconfig.lib.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
    writeFileSync(join(project, 'src/kept.ts'), 'export const kept = 1;\n');
    await build();
    const kept = built();
    const writtenAt = statSync(join(project, 'dist/kept.js')).mtimeMs;
    writeFileSync(join(project, 'src/old/gone.ts'), 'export const gone = 1;\n');
    await build();
    for (const file of ['gone.js', 'gone.js.map', 'gone.d.ts']) expect(built()).toContain(join('old', file));
    rmSync(join(project, 'src/old/gone.ts'));
    await build();
    expect(built().filter((path) => path !== 'old')).toEqual(kept);
    expect(statSync(join(project, 'dist/kept.js')).mtimeMs).toBe(writtenAt);
    writeFileSync(join(project, 'src/kept.ts'), 'export const kept: string = 1;\n');
    await expect(build()).rejects.toThrow(/TS2322/);
  }, 120_000);
});
