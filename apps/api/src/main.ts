import 'reflect-metadata';

import { runProcess } from '@workflow-engine/runtime';

import { readEnvironment } from './config';
import { startApi } from './start-api';

runProcess(async () => {
  const api = await startApi(readEnvironment(process.env));
  console.log(`The api listens on ${api.url} (API reference: ${api.url}/docs)`);
  return api;
});
