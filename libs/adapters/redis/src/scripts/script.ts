import { createHash } from 'node:crypto';

import { luaSources } from './bundled';

export type ScriptName = keyof typeof luaSources;

export interface Script {
  readonly source: string;
  /** By which a server that has it knows it. */
  readonly sha: string;
}

/**
 * Scripts finish what was accepted, and free memory by that, so a full server lets them pass; what admits new work is
 * a plain command and is refused. See "Script flags" in Redis' documentation of Lua scripts.
 */
const SHEBANG = '#!lua flags=allow-oom\n';

const scripts = new Map<string, Script>(
  Object.entries(luaSources).map(([name, body]) => {
    const source = SHEBANG + body;
    return [name, { source, sha: createHash('sha1').update(source).digest('hex') }];
  }),
);

export function scriptOf(name: ScriptName): Script {
  const script = scripts.get(name);
  if (script === undefined) throw new RangeError(`there is no script ${name}`);
  return script;
}
