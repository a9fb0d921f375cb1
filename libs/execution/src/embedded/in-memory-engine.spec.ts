import { describe, expect, it } from '@jest/globals';

import type { TaskHandler } from '../ports/task-handler';
import { createInMemoryEngine } from './in-memory-engine';

const greet: TaskHandler<{ name: string }> = {
  name: 'greet',
  run: ({ name }) => ({ text: `Hello ${name}` }),
};

describe('an engine in memory', () => {
  it('runs a workflow from its JSON to its results', async () => {
    const engine = createInMemoryEngine({ handlers: [greet] });
    await engine.start();
    const { id } = await engine.api.submit({
      name: 'greeting',
      dag: {
        nodes: [
          { id: 'start', handler: 'input' },
          { id: 'hello', handler: 'greet', dependencies: ['start'], config: { name: '${start.output.who}' } },
          { id: 'out', handler: 'output', dependencies: ['hello'] },
        ],
      },
    });
    await engine.api.trigger(id, { who: 'Ada' });

    const view = await engine.api.wait(id, 5000);

    expect(view.status).toBe('COMPLETED');
    expect((await engine.api.results(id)).output).toEqual({ out: { hello: { text: 'Hello Ada' } } });
    await engine.stop();
  });
});
