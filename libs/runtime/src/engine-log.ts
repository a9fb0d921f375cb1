import type { Log } from '@workflow-engine/execution';

import type { Logger } from './logging';

/** The engine's own messages in the process's structured log. */
export function engineLog(logger: Logger): Log {
  return {
    debug: (message, fields = {}) => logger.debug(fields, message),
    info: (message, fields = {}) => logger.info(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    error: (message, fields = {}) => logger.error(fields, message),
  };
}
