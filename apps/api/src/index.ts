export { defaultMaxBodyBytes } from './api-config';
export type { ApiConfig } from './api-config';
export { apiConfigOf, apiSettings } from './api-settings';
export { ApiModule } from './api.module';
export type { ApiOptions } from './api.module';
export { createApiApplication } from './create-api-application';
export type { RateLimit } from './http/rate-limit';
