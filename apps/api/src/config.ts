import {
  hotStoreSettings,
  processSettings,
  readConfig,
  share,
  systemOfRecordSettings,
  tracingSettings,
} from '@workflow-engine/runtime';

import { apiSettings } from './api-settings';

const settings = {
  ...processSettings(8000),
  ...hotStoreSettings,
  ...systemOfRecordSettings,
  ...apiSettings,
  ...tracingSettings,
  /** Share of Redis' maxmemory above which no new executions are admitted. */
  REDIS_HIGH_WATER: share(0.85),
};

export type Config = ReturnType<typeof readEnvironment>;

/** @throws InvalidConfigError naming every fault */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>) {
  return readConfig(env, settings);
}
