import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { run } from './run';

/** A library as `npm publish` would send it. */
export interface PackedLibrary {
  readonly name: string;
  /** The tarball. */
  readonly file: string;
  /** Where it is unpacked. */
  readonly folder: string;
  /** Paths inside, e.g. `dist/index.js`. */
  readonly files: readonly string[];
  readonly manifest: Manifest;
}

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly license?: string;
  readonly main?: string;
  readonly types?: string;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

export async function packLibraries(
  root: string,
  libraries: readonly string[],
  folder: string,
): Promise<readonly PackedLibrary[]> {
  mkdirSync(folder, { recursive: true });
  const folders = libraries.map((library) => `./libs/${library}`);
  const output = await run('npm', ['pack', '--json', '--pack-destination', folder, ...folders], root);
  const packed = JSON.parse(output) as { name: string; filename: string; files: { path: string }[] }[];
  return Promise.all(
    packed.map(async ({ name, filename, files }) => {
      const file = join(folder, filename);
      const unpacked = join(folder, name);
      mkdirSync(unpacked, { recursive: true });
      await run('tar', ['-xzf', file, '-C', unpacked, '--strip-components=1'], folder);
      const manifest = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8')) as Manifest;
      return { name, file, folder: unpacked, files: files.map(({ path }) => path), manifest };
    }),
  );
}

/** What does not belong into a package, or is missing in it. */
export function contentFaults({ folder, files, manifest }: PackedLibrary): readonly string[] {
  const present = new Set(files);
  const foreign = files.filter((path) =>
    /\.(int-)?spec\.|\.tsbuildinfo$|(^|\/)(spec|out-tsc|node_modules)\//.test(path),
  );
  const entries = [
    manifest.main,
    manifest.types,
    ...Object.values(manifest.exports ?? {}).flatMap(targetsOf),
  ];
  const missing = entries.filter((entry) => entry === undefined || !present.has(entry.replace('./', '')));
  const lost = files
    .filter((path) => path.endsWith('.map'))
    .flatMap((path) => sourcesOf(folder, path).map((source) => ({ path, source })))
    .filter(({ source }) => !present.has(source));
  return [
    ...foreign.map((path) => `${path} does not belong here`),
    ...missing.map((entry) => `package.json names ${String(entry)}, which is not there`),
    ...lost.map(({ path, source }) => `${path} points to ${source}, which is not there; stale build output?`),
  ];
}

function targetsOf(target: string | Readonly<Record<string, string>>): readonly string[] {
  return typeof target === 'string' ? [target] : Object.values(target);
}

/** Relative to the package. */
function sourcesOf(folder: string, map: string): readonly string[] {
  const { sources } = JSON.parse(readFileSync(join(folder, map), 'utf8')) as { sources: string[] };
  return sources.map((source) => join(dirname(map), source));
}
