// A worker as somebody who uses the engine writes it.
import { runWorker } from '@workflow-engine/runtime';

const greet = {
  name: 'greet',
  configSchema: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
  outputSchema: { type: 'object', properties: { text: { type: 'string' } } },
  run: ({ name }) => ({ text: `Hello ${name}` }),
};

runWorker({ handlers: [greet] });
