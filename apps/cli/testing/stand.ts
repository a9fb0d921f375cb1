import { afterAll, beforeAll } from '@jest/globals';

import { type EngineUnderTest, startEngine } from './engine';
import { Shell } from './shell';

export interface Stand {
  engine: EngineUnderTest;
  shell: Shell;
}

/** A real engine for all tests of a file, and a shell that knows it; both are there once the tests run. */
export function stand(): Stand {
  const it = {} as Stand;
  beforeAll(async () => {
    it.engine = await startEngine();
    it.shell = new Shell(it.engine.url);
  });
  afterAll(async () => {
    it.shell.remove();
    await it.engine.stop();
  });
  return it;
}
