import 'reflect-metadata';

import { runProcess } from '@workflow-engine/runtime';

import { readEnvironment } from './config';
import { startReaper } from './reaper';

runProcess(async () => {
  const reaper = await startReaper(readEnvironment(process.env));
  console.log(`The reaper listens on ${reaper.url}`);
  return reaper;
});
