import 'reflect-metadata';

import { runProcess } from '@workflow-engine/runtime';

import { readEnvironment } from './config';
import { startWorker } from './worker';

runProcess(async () => {
  const worker = await startWorker(readEnvironment(process.env), process.env);
  console.log(`The worker listens on ${worker.url}`);
  return worker;
});
