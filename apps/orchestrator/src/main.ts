import 'reflect-metadata';

import { runProcess } from '@workflow-engine/runtime';

import { readEnvironment } from './config';
import { startOrchestrator } from './orchestrator';

runProcess(async () => {
  const orchestrator = await startOrchestrator(readEnvironment(process.env));
  console.log(`The orchestrator listens on ${orchestrator.url}`);
  return orchestrator;
});
