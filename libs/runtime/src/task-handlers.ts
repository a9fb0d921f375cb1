import type { HandlerCatalog, SchemaValidator, Secrets, TaskHandler } from '@workflow-engine/execution';
import { AjvSchemaValidator } from '@workflow-engine/json-schema';
import { builtInHandlers, environmentSecrets } from '@workflow-engine/task-handlers';

export interface TaskHandlerOptions {
  readonly HTTP_ALLOW_HOSTS: readonly string[];
  readonly OPENAI_BASE_URL: string | undefined;
  readonly OPENAI_API_KEY: string | undefined;
}

export interface OpenTaskHandlers {
  readonly handlers: ReadonlyMap<string, TaskHandler>;
  /** The same, for whoever checks definitions and runs nothing. */
  readonly catalog: HandlerCatalog;
  readonly schemas: SchemaValidator;
  readonly secrets: Secrets;
  /** To be called when no task runs any more. */
  close(): Promise<void>;
}

/**
 * The built-in task handlers.
 * @param env where `${secrets.NAME}` is looked up, as `SECRET_NAME`
 * @throws when a host or an endpoint cannot be right
 */
export function openTaskHandlers(
  options: TaskHandlerOptions,
  env: Readonly<Record<string, string | undefined>>,
): OpenTaskHandlers {
  const { HTTP_ALLOW_HOSTS: allowHosts, OPENAI_BASE_URL: baseUrl, OPENAI_API_KEY: apiKey } = options;
  const schemas = new AjvSchemaValidator();
  const builtIn = builtInHandlers({ http: { allowHosts }, llm: { baseUrl, apiKey, schemas } });
  const handlers = new Map(builtIn.handlers.map((handler) => [handler.name, handler]));
  return {
    handlers,
    catalog: { find: (name) => handlers.get(name), names: () => [...handlers.keys()] },
    schemas,
    secrets: environmentSecrets(env),
    close: () => builtIn.close(),
  };
}
