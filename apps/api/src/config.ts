import {
  hotStoreSettings,
  processSettings,
  readConfig,
  systemOfRecordSettings,
} from '@workflow-engine/runtime';

import { apiSettings } from './api-settings';

const settings = {
  ...processSettings(8000),
  ...hotStoreSettings,
  ...systemOfRecordSettings,
  ...apiSettings,
};

export type Config = ReturnType<typeof readEnvironment>;

/** @throws InvalidConfigError naming every fault */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>) {
  return readConfig(env, settings);
}
