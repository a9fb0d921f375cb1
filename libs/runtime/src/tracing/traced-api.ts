import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

import type { EngineApi } from '@workflow-engine/execution';

import { executionSpanId, type Tracing } from './span';

export interface TracedApi {
  readonly engine: EngineApi;
  /** To be called around every request: so spans know what led to it. */
  readonly middleware: (request: IncomingMessage, response: unknown, next: () => void) => void;
}

/** Requests that begin something, as spans of the executions that they begin. */
export function tracedApi(engine: EngineApi, tracing: Tracing): TracedApi {
  const callers = new AsyncLocalStorage<string | undefined>();
  const record = (name: string, executionId: string, startedAt: number): void => {
    const cause = callers.getStore();
    tracing.record({
      name,
      kind: 'server',
      executionId,
      id: randomBytes(8).toString('hex'),
      parentId: executionSpanId(executionId),
      startedAt,
      endedAt: Date.now(),
      attributes: {},
      ...(cause !== undefined && { cause }),
    });
  };
  return {
    engine: {
      ...engine,
      async submit(document) {
        const startedAt = Date.now();
        const execution = await engine.submit(document);
        record('submit', execution.id, startedAt);
        return execution;
      },
      async trigger(executionId, input) {
        const startedAt = Date.now();
        const execution = await engine.trigger(executionId, input);
        record('trigger', execution.id, startedAt);
        return execution;
      },
      async start(name, requests) {
        const startedAt = Date.now();
        const created = await engine.start(name, requests);
        for (const { execution } of created) record('start', execution.id, startedAt);
        return created;
      },
    },
    middleware: ({ headers }, _response, next) => {
      const { traceparent } = headers;
      callers.run(typeof traceparent === 'string' ? traceparent : undefined, next);
    },
  };
}
