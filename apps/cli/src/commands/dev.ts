import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';

import { EXIT, Failure, type Terminal } from '../terminal';

export interface DevOptions {
  readonly port?: string;
  readonly host?: string;
  readonly data?: string;
  readonly demo?: boolean;
}

/** The whole engine in one process of its own, until Ctrl-C. */
export async function dev({ signal }: Pick<Terminal, 'signal'>, options: DevOptions): Promise<number> {
  if (options.data !== undefined && statSync(options.data, { throwIfNoEntry: false })?.isFile() === true)
    throw new Failure(
      `${options.data} is a file.`,
      'Name a folder for the data; it is made when it is not there.',
    );
  const flags = (['port', 'host', 'data'] as const).flatMap((name) => {
    const value = options[name];
    return value === undefined ? [] : [`--${name}`, value];
  });
  const engine = spawn(
    process.execPath,
    [standalone(), ...flags, ...(options.demo === true ? ['--demo'] : [])],
    {
      stdio: 'inherit',
    },
  );
  // Ctrl-C in a terminal reaches both; a signal to this process alone has to be passed on.
  signal.addEventListener('abort', () => engine.kill('SIGTERM'), { once: true });
  const [code] = (await once(engine, 'exit')) as [number | null];
  if (signal.aborted) return EXIT.interrupted;
  return code === 0 ? EXIT.ok : EXIT.trouble;
}

function standalone(): string {
  try {
    return createRequire(__filename).resolve('@workflow-engine/standalone');
  } catch {
    throw new Failure('The engine is not built.', 'In the repository: npm start');
  }
}
