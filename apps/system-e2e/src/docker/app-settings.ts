import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { workspaceRoot } from '../app-process';

type Environment = Readonly<Record<string, string>>;

export interface AppSettings {
  /** Names of the variables that it looks for. */
  readonly asks: readonly string[];
  /** Where it would listen. */
  readonly port?: number;
  /** Why it would not start. */
  readonly fault?: string;
}

/** What an app makes of an environment; for each of the given ones. The apps have to be built. */
export function appSettings(
  environments: readonly { readonly app: string; readonly env: Environment }[],
): readonly AppSettings[] {
  // Built apps load ES modules, which Jest's module system does not: hence a process.
  const output = execFileSync(process.execPath, [join(__dirname, 'print-app-settings.mjs')], {
    input: JSON.stringify(environments),
    encoding: 'utf8',
    timeout: 60_000,
  });
  return JSON.parse(output) as AppSettings[];
}

/** Apps that run as servers, by their folders. */
export function serverApps(): readonly string[] {
  const apps = join(workspaceRoot, 'apps');
  return readdirSync(apps).filter((app) => {
    const manifest = join(apps, app, 'package.json');
    if (!existsSync(join(apps, app, 'src/main.ts')) || !existsSync(manifest)) return false;
    return !('bin' in (JSON.parse(readFileSync(manifest, 'utf8')) as object));
  });
}
