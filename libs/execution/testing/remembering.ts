import type { DefinitionRepository, RegisteredDefinition } from '../src/ports/definition-repository';

/** A process' own memory of what it has found, which other processes make outdated. */
export function remembering(remote: DefinitionRepository): DefinitionRepository {
  const known = new Map<string, RegisteredDefinition>();
  const findByName: DefinitionRepository['findByName'] = async (name, version) => {
    const found = await remote.findByName(name, version);
    if (found !== undefined && version === undefined) known.set(name, found);
    return found;
  };
  return withOwn(remote, { findByName, lastKnown: (name) => known.get(name) });
}

/** The port, with some methods of one's own. */
export function withOwn<Port extends object>(remote: Port, own: Partial<Port>): Port {
  return new Proxy(remote, {
    get: (target, property) => Reflect.get(property in own ? own : target, property) as unknown,
  });
}
