export { builtInHandlers, type BuiltInHandlers, type BuiltInHandlersOptions } from './built-in-handlers';
export { environmentSecrets } from './environment-secrets';
export { InvalidAllowedHostError, type Resolve } from './http/address-guard';
export {
  createHttpHandler,
  type HttpHandler,
  type HttpHandlerOptions,
  type HttpOutput,
} from './http/http-handler';
export type { TokenUsage } from './llm/completion';
export {
  createLlmHandler,
  InvalidEndpointError,
  type LlmHandler,
  type LlmHandlerOptions,
  type LlmOutput,
} from './llm/llm-handler';
export { noopHandler } from './noop-handler';
