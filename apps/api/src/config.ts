import {
  hotStoreSettings,
  processSettings,
  readConfig,
  systemOfRecordSettings,
  wholeNumber,
} from '@workflow-engine/runtime';

import { defaultMaxBodyBytes } from './api-config';

const settings = {
  ...processSettings(8000),
  ...hotStoreSettings,
  ...systemOfRecordSettings,
  RATE_LIMIT_MAX: wholeNumber({ min: 0, max: 1_000_000 }, 0),
  RATE_LIMIT_WINDOW_MS: wholeNumber({ min: 1, max: 86_400_000 }, 60_000),
  MAX_BODY_BYTES: wholeNumber({ min: 1024, max: 1_073_741_824 }, defaultMaxBodyBytes),
};

export type Config = ReturnType<typeof readEnvironment>;

/** @throws InvalidConfigError naming every fault */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>) {
  return readConfig(env, settings);
}
