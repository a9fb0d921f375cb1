// `node tools/build-typescript.mjs libs/dag`: the build of each TypeScript project. What tsc once wrote from sources that
// are gone it leaves in dist, from where it would get into packages; here it goes. All else stays: processes run from it.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
process.chdir(process.argv[2]);
const { status } = spawnSync(process.execPath, [compiler, '--build', 'tsconfig.lib.json'], {
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);

for (const file of readdirSync('dist', { recursive: true })) {
  const stem = /^(.+?)(\.d\.ts|\.js)(\.map)?$/.exec(file)?.[1];
  if (stem === undefined) continue;
  // The sources lie in `src`, or in `src` and its neighbours, which dist then has as folders.
  if (![join('src', stem), stem].some((source) => existsSync(`${source}.ts`))) rmSync(join('dist', file));
}
