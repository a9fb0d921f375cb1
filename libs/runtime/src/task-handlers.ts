import {
  CONTROL_HANDLERS,
  type HandlerCatalog,
  type SchemaValidator,
  type Secrets,
  type TaskHandler,
} from '@workflow-engine/execution';

export interface TaskHandlerOptions {
  readonly HTTP_ALLOW_HOSTS: readonly string[];
  readonly OPENAI_BASE_URL: string | undefined;
  readonly OPENAI_API_KEY: string | undefined;
}

export interface OpenTaskHandlers {
  /** The built-in ones and `own`. */
  readonly handlers: ReadonlyMap<string, TaskHandler>;
  /** The built-in ones, for whoever checks definitions and runs nothing. */
  readonly catalog: HandlerCatalog;
  readonly schemas: SchemaValidator;
  readonly secrets: Secrets;
  /** To be called when no task runs any more. */
  close(): Promise<void>;
}

/** Handlers that no worker can offer; every fault is listed. */
export class InvalidHandlersError extends Error {
  readonly code = 'INVALID_HANDLERS';
  readonly retryable = false;
  override readonly name = 'InvalidHandlersError';

  constructor(readonly faults: readonly string[]) {
    super(`the task handlers are not valid:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  }
}

/**
 * The built-in task handlers, and a worker's own ones. Only whoever opens them loads what they take.
 * @param env where `${secrets.NAME}` is looked up, as `SECRET_NAME`
 * @throws when a host or an endpoint cannot be right
 * @throws InvalidHandlersError
 */
export async function openTaskHandlers(
  options: TaskHandlerOptions,
  env: Readonly<Record<string, string | undefined>>,
  own: readonly TaskHandler[] = [],
): Promise<OpenTaskHandlers> {
  const [{ AjvSchemaValidator }, { builtInHandlers, environmentSecrets }] = await Promise.all([
    import('@workflow-engine/json-schema'),
    import('@workflow-engine/task-handlers'),
  ]);
  const { HTTP_ALLOW_HOSTS: allowHosts, OPENAI_BASE_URL: baseUrl, OPENAI_API_KEY: apiKey } = options;
  const schemas = new AjvSchemaValidator();
  const builtIn = builtInHandlers({ http: { allowHosts }, llm: { baseUrl, apiKey, schemas } });
  const known = byName(builtIn.handlers);
  const faults = own.flatMap((handler, index) => faultsOf(handler, own.slice(0, index), known, schemas));
  if (faults.length > 0) throw new InvalidHandlersError(faults);
  return {
    handlers: byName([...builtIn.handlers, ...own]),
    catalog: { find: (name) => known.get(name), names: () => [...known.keys()] },
    schemas,
    secrets: environmentSecrets(env),
    close: () => builtIn.close(),
  };
}

function byName(handlers: readonly TaskHandler[]): ReadonlyMap<string, TaskHandler> {
  return new Map(handlers.map((handler) => [handler.name, handler]));
}

const handlerName = /^[A-Za-z_][A-Za-z0-9_.:/-]{0,127}$/;

function faultsOf(
  { name, configSchema, outputSchema }: TaskHandler,
  others: readonly TaskHandler[],
  builtIn: ReadonlyMap<string, TaskHandler>,
  schemas: SchemaValidator,
): readonly string[] {
  const faults: string[] = [];
  if (!handlerName.test(name))
    faults.push(`"${name}": a name is 1 to 128 letters, digits and "_.:/-", beginning with a letter or "_"`);
  if (builtIn.has(name) || CONTROL_HANDLERS.has(name)) faults.push(`"${name}" is the name of a built-in one`);
  if (others.some((other) => other.name === name)) faults.push(`"${name}" is there twice`);
  for (const [key, schema] of Object.entries({ configSchema, outputSchema })) {
    const [fault] = schema === undefined ? [] : schemas.checkSchema(schema);
    if (fault !== undefined) faults.push(`"${name}": its ${key} is no JSON Schema: ${fault.message}`);
  }
  return faults;
}
