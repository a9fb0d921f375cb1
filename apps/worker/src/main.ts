import { runWorker } from '@workflow-engine/runtime';

runWorker();
