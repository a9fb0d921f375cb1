import type { TaskHandler } from '@workflow-engine/execution';
import { createHttpHandler, type HttpHandlerOptions } from './http/http-handler';
import { createLlmHandler, type LlmHandlerOptions } from './llm/llm-handler';
import { noopHandler } from './noop-handler';

export interface BuiltInHandlersOptions {
  readonly http?: HttpHandlerOptions;
  readonly llm: LlmHandlerOptions;
}

export interface BuiltInHandlers {
  /** `http`, `llm` and `noop`. */
  readonly handlers: readonly TaskHandler[];
  /** Closes the connections of all of them; call it when no task runs any more. */
  readonly close: () => Promise<void>;
}

/**
 * The handlers that every worker offers.
 * @throws {InvalidAllowedHostError | InvalidEndpointError} for faulty options, so that a worker with a bad
 * configuration does not start
 */
export function builtInHandlers(options: BuiltInHandlersOptions): BuiltInHandlers {
  const http = createHttpHandler(options.http);
  const llm = createLlmHandler(options.llm);
  return {
    handlers: [http, llm, noopHandler],
    close: async () => {
      await Promise.all([http.close(), llm.close()]);
    },
  };
}
