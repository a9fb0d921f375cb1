import { parseArgs } from 'node:util';

import { apiSettings } from '@workflow-engine/api';
import {
  list,
  processSettings,
  readConfig,
  taskHandlerSettings,
  text,
  wholeNumber,
} from '@workflow-engine/runtime';

export interface CommandLine {
  /** Flags as the environment variables they stand for. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly demo: boolean;
  readonly help: boolean;
}

export const USAGE = `Usage: npm start -- [options]

  --port PORT   where to listen; 0 takes a free port   (PORT, default 8000)
  --host HOST   address to listen on                    (HOST, default 127.0.0.1)
  --data DIR    folder of the embedded database         (DATA_DIR, default ./.data)
  --demo        also start the small upstream that the example payloads call
  --help        this text

The README lists all environment variables.`;

/** @throws TypeError naming an unknown flag */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string' },
      host: { type: 'string' },
      data: { type: 'string' },
      demo: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const { port, host, data, demo = false, help = false } = values;
  return {
    env: {
      ...(port !== undefined && { PORT: port }),
      ...(host !== undefined && { HOST: host }),
      ...(data !== undefined && { DATA_DIR: data }),
    },
    demo,
    help,
  };
}

const settings = {
  ...processSettings(8000),
  ...apiSettings,
  ...taskHandlerSettings,
  DATA_DIR: text('./.data'),
  WORKER_CONCURRENCY: wholeNumber({ min: 1, max: 10_000 }, 64),
  WORKER_QUEUES: list(['default']),
  DEMO_PORT: wholeNumber({ min: 0, max: 65_535 }, 8099),
};

export type Config = ReturnType<typeof readEnvironment>;

/** @throws InvalidConfigError naming every fault */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>) {
  return readConfig(env, settings);
}
