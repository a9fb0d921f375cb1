// A worker with a handler that takes its process with it.
import { runWorker } from '@workflow-engine/runtime';

runWorker({ handlers: [{ name: 'poison', run: () => process.exit(1) }] });
