import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { workspaceRoot } from './app-process';
import { consumers, expectedResult, writeConsumerWorkspace } from './publishing/consumer-workspace';
import { contentFaults, packLibraries, type PackedLibrary } from './publishing/packed-library';
import { run } from './publishing/run';
import { removeTemporaryFolders, temporaryFolder } from './temporary-folder';

const libraries = ['dag', 'templating', 'execution', 'task-handlers', 'adapters/json-schema'];

const folder = temporaryFolder('publishing');
let packed: readonly PackedLibrary[] = [];

beforeAll(async () => {
  packed = await packLibraries(workspaceRoot, libraries, join(folder, 'packed'));
});
afterAll(removeTemporaryFolders);

describe('a packed library', () => {
  it.each(libraries.map((path, index) => ({ path, index })))(
    '$path is complete and nothing more',
    ({ index }) => {
      const library = packed[index];
      expect(library).toBeDefined();
      expect(library && contentFaults(library)).toEqual([]);
    },
  );

  it.each(libraries.map((path, index) => ({ path, index })))(
    '$path says what it is and needs',
    ({ path, index }) => {
      const manifest = packed[index]?.manifest;
      expect(manifest).toMatchObject({ license: 'MIT', description: expect.stringMatching(/\w{3}/) });
      const { dependencies = {} } = manifest ?? {};
      for (const [name, range] of Object.entries(dependencies)) {
        // Exact, and what this workspace was tested with.
        const installed = installedVersion(name, join(workspaceRoot, 'libs', path));
        expect([name, range]).toEqual([name, installed]);
      }
      const imported = importsOf(packed[index]);
      expect(Object.keys(dependencies).sort()).toEqual(imported);
    },
  );
});

describe('a fresh Nx workspace', () => {
  const workspace = join(folder, 'workspace');

  beforeAll(async () => {
    writeConsumerWorkspace(workspace, new Map(packed.map(({ name, file }) => [name, file])));
    await run(
      'npm',
      ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'],
      workspace,
    );
  });

  it.each(consumers)('type-checks, builds and runs a handler of its own as %s', async (consumer) => {
    await run('npx', ['--no-install', 'nx', 'run', `${consumer}:build`], workspace);
    const output = await run(process.execPath, [`packages/${consumer}/dist/main.js`], workspace);
    expect(JSON.parse(output)).toEqual(expectedResult);
  });

  it('runs it through Nx', async () => {
    const output = await run('npx', ['--no-install', 'nx', 'run', 'greeter-esm:start'], workspace);
    expect(output).toContain(JSON.stringify(expectedResult));
  });

  it('runs the program that the README shows', async () => {
    await run('npx', ['--no-install', 'nx', 'run', 'greeter-esm:build'], workspace);
    const output = await run(process.execPath, ['packages/greeter-esm/dist/readme.js'], workspace);
    expect(output.trim()).toBe("{ greeting: { text: 'Hello Ada' } }");
  });

  it('finds mistakes by types that need no others', async () => {
    const mistaken = join(workspace, 'packages/mistaken');
    const check = run('npx', ['--no-install', 'tsc', '--pretty', 'false', '--project', mistaken], workspace);
    const { message } = await check.then(
      () => new Error('no mistake was found'),
      (error: unknown) => error as Error,
    );
    expect(message.match(/^.*error TS.*$/gm)).toEqual([
      expect.stringMatching(/mistaken\.ts\(4,.*Type 'number' is not assignable to type 'string'/),
    ]);
  });
});

/** Of a library's own copy of a package, or else of the one it shares. */
function installedVersion(name: string, library: string): string {
  const manifests = [library, workspaceRoot].map((folder) =>
    join(folder, 'node_modules', name, 'package.json'),
  );
  const manifest = manifests.find((file) => existsSync(file));
  if (manifest === undefined) throw new Error(`${name} is not installed`);
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

/** Packages that the main entry's code and declarations import; contract suites for adapters bring their own Jest. */
function importsOf(library: PackedLibrary | undefined): readonly string[] {
  if (library === undefined) return [];
  const names = new Set<string>();
  for (const path of library.files.filter((file) => /^dist\/(?!testing\/).*\.(js|d\.ts)$/.test(file))) {
    const code = readFileSync(join(library.folder, path), 'utf8');
    for (const [, specifier = ''] of code.matchAll(/(?:require\(|from |import\()['"]([^'".][^'"]*)['"]/g)) {
      if (!specifier.startsWith('node:')) names.add(packageOf(specifier));
    }
  }
  return [...names].sort();
}

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}
