import {
  hotStoreSettings,
  processSettings,
  readConfig,
  systemOfRecordSettings,
  tracingSettings,
} from '@workflow-engine/runtime';

const settings = {
  ...processSettings(8001),
  ...hotStoreSettings,
  ...systemOfRecordSettings,
  ...tracingSettings,
};

export type Config = ReturnType<typeof readEnvironment>;

/** @throws InvalidConfigError naming every fault */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>) {
  return readConfig(env, settings);
}
