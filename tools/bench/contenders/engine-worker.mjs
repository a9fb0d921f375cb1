import { runWorker } from '@workflow-engine/runtime';

import { runTask, serveLedger } from '../task-ledger.mjs';

serveLedger();

runWorker({
  handlers: [
    {
      name: 'bench',
      run: ({ seed, node, from }) => ({
        value: runTask(
          seed,
          node,
          from.reduce((sum, value) => sum + value, 0),
        ),
      }),
    },
  ],
});
