import type { DefinitionDocument } from '@workflow-engine/contracts';
import { useQuery } from '@tanstack/react-query';

import { engine } from '../api/engine';

/** One version, which never changes; undefined while it is on its way, or while nobody has said which. */
export function useDefinition(
  name: string,
  version: number | undefined,
): { readonly document: DefinitionDocument | undefined; readonly error: Error | null } {
  const { data, error } = useQuery({
    queryKey: ['definition', name, version],
    queryFn: () => engine.definitions.get(name, version === undefined ? {} : { version }),
    enabled: version !== undefined,
    staleTime: Infinity,
  });
  return { document: data, error };
}

/** The text of a definition as people edit it. */
export function textOf(definition: object): string {
  return JSON.stringify(definition, null, 2);
}
