import 'reflect-metadata';

import { readCommandLine, readEnvironment, USAGE } from './config';
import { startStandalone } from './standalone';

async function main(): Promise<void> {
  const commandLine = readCommandLine(process.argv.slice(2));
  if (commandLine.help) {
    console.log(USAGE);
    return;
  }
  const env = { ...process.env, ...commandLine.env };
  const standalone = await startStandalone(readEnvironment(env), env, commandLine.demo);
  console.log(`The workflow engine listens on ${standalone.url} (API reference: ${standalone.url}/docs)`);
  if (standalone.demoUrl !== undefined) console.log(`The demo upstream listens on ${standalone.demoUrl}`);

  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    console.log(`${signal}: finishing what runs (once more to stop at once)`);
    standalone.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** What a person has to know to mend it, without a stack. */
function fail(error: unknown): void {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  const message = error instanceof Error ? error.message : String(error);
  console.error(code === 'EADDRINUSE' ? `${message}; choose another port with --port` : message);
  process.exit(1);
}

main().catch(fail);
