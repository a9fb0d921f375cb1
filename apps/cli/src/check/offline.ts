import type { DefinitionCheck } from '@workflow-engine/contracts';
import { createInMemoryEngine } from '@workflow-engine/execution';
import { AjvSchemaValidator } from '@workflow-engine/json-schema';
import { builtInHandlers } from '@workflow-engine/task-handlers';

/** What the engine would say, with the handlers that it brings along: the very same checks. */
export async function checkOffline(document: unknown): Promise<DefinitionCheck> {
  const schemas = new AjvSchemaValidator();
  const { handlers, close } = builtInHandlers({ llm: { baseUrl: undefined, apiKey: undefined, schemas } });
  try {
    const check = await createInMemoryEngine({ handlers, schemas }).api.validate(document);
    return check.valid
      ? { valid: true, node_count: check.nodeCount, edge_count: check.edgeCount, errors: [] }
      : { valid: false, errors: check.faults };
  } finally {
    await close();
  }
}
