import 'reflect-metadata';

import { runProcess } from '@workflow-engine/runtime';

import { readCommandLine, readEnvironment, USAGE } from './config';
import { startStandalone } from './standalone';

runProcess(async () => {
  const commandLine = readCommandLine(process.argv.slice(2));
  if (commandLine.help) {
    console.log(USAGE);
    return undefined;
  }
  const env = { ...process.env, ...commandLine.env };
  const standalone = await startStandalone(readEnvironment(env), env, commandLine.demo);
  console.log(
    `The workflow engine listens on ${standalone.url} (open it in a browser; API reference: ${standalone.url}/docs)`,
  );
  if (standalone.demoUrl !== undefined) console.log(`The demo upstream listens on ${standalone.demoUrl}`);
  return standalone;
});
