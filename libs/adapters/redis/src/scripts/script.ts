import { createHash } from 'node:crypto';

import { luaSources } from './bundled';

export type ScriptName = keyof typeof luaSources;

export interface Script {
  readonly source: string;
  /** By which a server that has it knows it. */
  readonly sha: string;
}

const scripts = new Map<string, Script>(
  Object.entries(luaSources).map(([name, source]) => {
    return [name, { source, sha: createHash('sha1').update(source).digest('hex') }];
  }),
);

export function scriptOf(name: ScriptName): Script {
  const script = scripts.get(name);
  if (script === undefined) throw new RangeError(`there is no script ${name}`);
  return script;
}
