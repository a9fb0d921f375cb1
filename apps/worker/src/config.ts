import {
  hotStoreSettings,
  list,
  processSettings,
  readConfig,
  taskHandlerSettings,
  wholeNumber,
} from '@workflow-engine/runtime';

const settings = {
  ...processSettings(8002),
  ...hotStoreSettings,
  ...taskHandlerSettings,
  WORKER_CONCURRENCY: wholeNumber({ min: 1, max: 10_000 }, 64),
  WORKER_QUEUES: list(['default']),
};

export type Config = ReturnType<typeof readEnvironment>;

/** @throws InvalidConfigError naming every fault */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>) {
  return readConfig(env, settings);
}
