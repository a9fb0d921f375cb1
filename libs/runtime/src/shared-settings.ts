import { REDIS_URL_FORMS, isRedisUrl } from '@workflow-engine/redis';

import { type Setting, list, oneOf, optional, text, url, wholeNumber } from './config';
import { LOG_LEVELS } from './logging';

/** What every process has. Its own `PORT` comes with it, as each app has another default. */
export const processSettings = (port: number) => ({
  PORT: wholeNumber({ min: 0, max: 65_535 }, port),
  HOST: text('127.0.0.1'),
  LOG_LEVEL: oneOf(LOG_LEVELS, 'info'),
});

const redisUrl: Setting<string> = {
  expects: REDIS_URL_FORMS,
  fallback: 'redis://127.0.0.1:6379',
  parse: (value) => (isRedisUrl(value) ? value : undefined),
};

/** What every process on Redis has; `PARTITIONS` must be the same in all of a deployment. */
export const hotStoreSettings = {
  REDIS_URL: redisUrl,
  PARTITIONS: wholeNumber({ min: 1, max: 1024 }, 16),
  LEASE_MS: wholeNumber({ min: 500, max: 600_000 }, 5000),
};

/** `MIGRATIONS=check` refuses an outdated schema, for deployments that migrate in a step of their own. */
export const systemOfRecordSettings = {
  DATABASE_URL: url(['postgres:', 'postgresql:']),
  MIGRATIONS: oneOf(['run', 'check'], 'run'),
};

/** What the built-in task handlers have. */
export const taskHandlerSettings = {
  HTTP_ALLOW_HOSTS: list([]),
  OPENAI_BASE_URL: optional(url(['http:', 'https:'])),
  OPENAI_API_KEY: optional(text()),
};
