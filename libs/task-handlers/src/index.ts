export { environmentSecrets } from './environment-secrets';
export { InvalidAllowedHostError, type Resolve } from './http/address-guard';
export {
  createHttpHandler,
  type HttpHandler,
  type HttpHandlerOptions,
  type HttpOutput,
} from './http/http-handler';
export { noopHandler } from './noop-handler';
