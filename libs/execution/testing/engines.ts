/** Engines in memory for tests, and handlers that a test rules. */
import type { Json, JsonObject } from '@workflow-engine/dag';

import { inMemoryRepositories } from '../src/in-memory/in-memory-repositories';
import type { InMemoryRepositories } from '../src/in-memory/in-memory-repositories';
import { uuidV7Ids } from '../src/in-memory/system';
import type { Clock, Ids } from '../src/ports/clock';
import type { TaskContext, TaskHandler } from '../src/ports/task-handler';

export interface Call {
  readonly config: JsonObject;
  readonly context: TaskContext;
  succeed(output?: unknown): void;
  fail(error: unknown): void;
}

/** A handler whose calls wait until the test says how they end. */
export class HeldHandler implements TaskHandler {
  readonly calls: Call[] = [];
  private called: () => void = () => undefined;

  constructor(readonly name = 'held') {}

  run(config: JsonObject, context: TaskContext): Promise<Json> {
    return new Promise<Json>((resolve, reject: (reason: unknown) => void) => {
      const succeed = (output: unknown = {}): void => resolve(output as Json);
      this.calls.push({ config, context, succeed, fail: reject });
      this.called();
    });
  }

  /** The n-th call ever, from 1, as soon as it is there. */
  async call(n = 1): Promise<Call> {
    for (;;) {
      const call = this.calls[n - 1];
      if (call !== undefined) return call;
      await new Promise<void>((resolve) => (this.called = resolve));
    }
  }
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Gives back its config. */
export const echo: TaskHandler = { name: 'echo', run: (config) => config };

export interface InMemoryRecord extends InMemoryRepositories {
  readonly ids: Ids;
}

/** A system of record in memory, empty at first. */
export function inMemoryRecord(clock: Clock): InMemoryRecord {
  const ids = uuidV7Ids(clock, Math.random);
  return { ids, ...inMemoryRepositories(ids, clock) };
}
