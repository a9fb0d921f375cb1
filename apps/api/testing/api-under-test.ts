import type { ClientRequest, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { INestApplication } from '@nestjs/common';
import type { ExecutionState, SubmittedExecution } from '@workflow-engine/contracts';
import {
  createEmbeddedEngine,
  type EmbeddedEngineOptions,
  type EngineApi,
  InMemoryRateLimiter,
  inMemoryRepositories,
  isTerminal,
  systemClock,
  uuidV7Ids,
} from '@workflow-engine/execution';
import { createLogger } from '@workflow-engine/runtime';
import supertest from 'supertest';

import { type ApiOptions, createApiApplication } from '../src';
import { DocumentedAnswers, type OpenApi } from './documented-answers';
import { DirectedHandlers } from './handlers';

export interface ApiUnderTest {
  readonly app: INestApplication<Server>;
  readonly engine: EngineApi;
  readonly handlers: DirectedHandlers;
  readonly http: ReturnType<typeof supertest.agent>;
  readonly url: string;
  readonly document: OpenApi;
  /** Everything that was logged, as JSON lines. */
  readonly log: readonly string[];
  /** Submits and gives the id back. */
  submit(definition: object): Promise<string>;
  /** Submits, triggers, and gives the id back. */
  run(definition: object, input?: object): Promise<string>;
  /** The status once it is terminal. */
  ended(executionId: string): Promise<ExecutionState>;
  /** Fails when any answer was not what the OpenAPI document promises. */
  stop(): Promise<void>;
}

export interface TestOptions extends Partial<Omit<ApiOptions, 'engine'>> {
  /** The system of record of an API that was stopped, to go on from there. */
  readonly record?: SystemOfRecord;
  /** Replaces some of the engine's methods, to make it fail. */
  readonly sabotage?: (engine: EngineApi) => Partial<EngineApi>;
}

export type SystemOfRecord = Pick<EmbeddedEngineOptions, 'definitions' | 'executions' | 'deadLetters'>;

export function newRecord(): SystemOfRecord {
  return inMemoryRepositories(uuidV7Ids(systemClock, Math.random), systemClock);
}

/** The real API on a real socket over the real engine, in memory. */
export async function startApi({
  sabotage,
  record = newRecord(),
  ...options
}: TestOptions = {}): Promise<ApiUnderTest> {
  const handlers = new DirectedHandlers();
  const schemas = { check: () => [], checkSchema: () => [] };
  const embedded = createEmbeddedEngine({ ...record, schemas, handlers: handlers.all });
  const engine = embedded.api;
  const log: string[] = [];
  const app = await createApiApplication({
    engine: { ...engine, ...sabotage?.(engine) },
    rateLimiter: new InMemoryRateLimiter(systemClock),
    logger: createLogger({ level: 'debug', name: 'test', destination: { write: (line) => log.push(line) } }),
    ...options,
  });
  await app.listen(0, '127.0.0.1');
  await embedded.start();
  const url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  const http = supertest.agent(url);
  const document = (await supertest(url).get('/openapi.json')).body as OpenApi;
  const faults = watchAnswers(http, document);
  const submit = async (definition: object): Promise<string> => {
    const response = await http.post('/workflow').send(definition).expect(201);
    return (response.body as SubmittedExecution).execution_id;
  };
  return {
    app,
    engine,
    handlers,
    http,
    url,
    document,
    log,
    submit,
    run: async (definition, input = {}) => {
      const id = await submit(definition);
      await http.post(`/workflow/trigger/${id}`).send({ input }).expect(202);
      return id;
    },
    ended: async (executionId) => {
      const view = await engine.wait(executionId, 5_000);
      if (!isTerminal(view.status)) throw new Error(`${executionId} is still ${view.status}`);
      const response = await http.get(`/workflows/${executionId}`).expect(200);
      return response.body as ExecutionState;
    },
    stop: async () => {
      await app.close();
      handlers.releaseAll();
      await embedded.stop();
      if (faults.length > 0)
        throw new Error(`answers differ from the OpenAPI document:\n${faults.join('\n')}`);
    },
  };
}

/** Every answer that a test gets is compared with the document. */
function watchAnswers(http: ReturnType<typeof supertest.agent>, document: OpenApi): string[] {
  const documented = new DocumentedAnswers(document);
  const faults: string[] = [];
  http.use((request: supertest.Request) => {
    request.on('response', (response: supertest.Response & { readonly req: ClientRequest }) => {
      const { method, path } = response.req;
      const isJson = response.type.endsWith('json');
      const fault = documented.fault({
        method,
        path: path.replace(/\?.*/, ''),
        status: response.status,
        mediaType: response.type,
        body: isJson ? (response.body as unknown) : response.text,
      });
      if (fault !== undefined) faults.push(fault);
    });
  });
  return faults;
}

/** Supertest types bodies as `any`. */
export function bodyOf(response: { readonly body: unknown }): unknown {
  return response.body;
}
