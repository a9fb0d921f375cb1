import type { JsonObject } from '@workflow-engine/contracts';
import { useQuery } from '@tanstack/react-query';

/** The published JSON Schema of definitions; without it the editor works, but completes nothing. */
export function useDefinitionSchema(): JsonObject | undefined {
  const { data } = useQuery({
    queryKey: ['definition-schema'],
    queryFn: async () => {
      const response = await fetch('/schemas/definition.json');
      if (!response.ok) throw new Error(`The schema is not there: ${response.status}`);
      return (await response.json()) as JsonObject;
    },
    // Workers come, with handlers of their own.
    staleTime: 10_000,
  });
  return data;
}
