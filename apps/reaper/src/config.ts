import {
  hotStoreSettings,
  processSettings,
  readConfig,
  systemOfRecordSettings,
  wholeNumber,
} from '@workflow-engine/runtime';

const settings = {
  ...processSettings(8003),
  ...hotStoreSettings,
  ...systemOfRecordSettings,
  /** An execution that Redis does not know so long after its start is brought back. */
  RECOVER_AFTER_MS: wholeNumber({ min: 100, max: 3_600_000 }, 10_000),
};

export type Config = ReturnType<typeof readEnvironment>;

/** @throws InvalidConfigError naming every fault */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>) {
  return readConfig(env, settings);
}
