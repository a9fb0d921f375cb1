export { TemplateError, type TemplateErrorCode } from './errors';
export { compileTemplates } from './compile-templates';
export { DEFAULT_LIMITS, type TemplateLimits } from './limits';
export type {
  CompiledCondition,
  CompiledTemplate,
  CompiledTemplates,
  NodeTemplates,
  NodeView,
  Resolved,
  SecretSlot,
  TemplateOptions,
  TemplateScope,
} from './types';
export { revealSecrets } from './reveal-secrets';
