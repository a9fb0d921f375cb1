import type { DefinitionRepository, RegisteredDefinition } from '../src/ports/definition-repository';

/** A process' own memory of what it has found, which other processes make outdated. */
export function remembering(remote: DefinitionRepository): DefinitionRepository {
  const known = new Map<string, RegisteredDefinition>();
  const own = Object.create(remote) as DefinitionRepository;
  own.findByName = async (name, version) => {
    const found = await remote.findByName(name, version);
    if (found !== undefined && version === undefined) known.set(name, found);
    return found;
  };
  own.lastKnown = (name) => known.get(name);
  return own;
}
