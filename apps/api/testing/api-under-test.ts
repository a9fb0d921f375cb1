import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { INestApplication } from '@nestjs/common';
import type { ExecutionState, SubmittedExecution } from '@workflow-engine/contracts';
import {
  createInMemoryEngine,
  type EngineApi,
  InMemoryRateLimiter,
  isTerminal,
} from '@workflow-engine/execution';
import { createLogger } from '@workflow-engine/runtime';
import supertest from 'supertest';

import { type ApiOptions, createApiApplication } from '../src';
import { DirectedHandlers } from './handlers';

export interface ApiUnderTest {
  readonly app: INestApplication<Server>;
  readonly engine: EngineApi;
  readonly handlers: DirectedHandlers;
  readonly http: ReturnType<typeof supertest>;
  readonly url: string;
  /** Everything that was logged, as JSON lines. */
  readonly log: readonly string[];
  /** Submits, triggers, and gives the id back. */
  run(definition: object, input?: object): Promise<string>;
  /** The status once it is terminal. */
  ended(executionId: string): Promise<ExecutionState>;
  stop(): Promise<void>;
}

/** The real API on a real socket over the real engine, in memory. */
export async function startApi(options: Partial<ApiOptions> = {}): Promise<ApiUnderTest> {
  const handlers = new DirectedHandlers();
  const engine = createInMemoryEngine({ handlers: handlers.all });
  await engine.start();
  const log: string[] = [];
  const app = await createApiApplication({
    engine: engine.api,
    rateLimiter: new InMemoryRateLimiter({ now: Date.now }),
    logger: createLogger({ level: 'debug', name: 'test', destination: { write: (line) => log.push(line) } }),
    ...options,
  });
  const server = await app.listen(0, '127.0.0.1');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const http = supertest(url);
  return {
    app,
    engine: engine.api,
    handlers,
    http,
    url,
    log,
    run: async (definition, input = {}) => {
      const submitted = await http.post('/workflow').send(definition).expect(201);
      const { execution_id } = submitted.body as SubmittedExecution;
      await http.post(`/workflow/trigger/${execution_id}`).send({ input }).expect(202);
      return execution_id;
    },
    ended: async (executionId) => {
      const view = await engine.api.wait(executionId, 5_000);
      if (!isTerminal(view.status)) throw new Error(`${executionId} is still ${view.status}`);
      const response = await http.get(`/workflows/${executionId}`).expect(200);
      return response.body as ExecutionState;
    },
    stop: async () => {
      await app.close();
      await engine.stop();
    },
  };
}
