import { type ConfigOf, wholeNumber } from '@workflow-engine/runtime';

import { type ApiConfig, defaultMaxBodyBytes } from './api-config';

/** What every process that serves the REST API has in its environment. */
export const apiSettings = {
  RATE_LIMIT_MAX: wholeNumber({ min: 0, max: 1_000_000 }, 0),
  RATE_LIMIT_WINDOW_MS: wholeNumber({ min: 1, max: 86_400_000 }, 60_000),
  MAX_BODY_BYTES: wholeNumber({ min: 1024, max: 1_073_741_824 }, defaultMaxBodyBytes),
};

export function apiConfigOf(settings: ConfigOf<typeof apiSettings>): ApiConfig {
  return {
    maxBodyBytes: settings.MAX_BODY_BYTES,
    rateLimit: { max: settings.RATE_LIMIT_MAX, windowMs: settings.RATE_LIMIT_WINDOW_MS },
  };
}
