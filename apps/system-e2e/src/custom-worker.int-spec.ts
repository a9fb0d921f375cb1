import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type Environment, killAllProcesses } from './app-process';
import { RoleProcess } from './distributed/role-process';
import { Services } from './distributed/services';
import { RestClient } from './rest-client';

const program = join(__dirname, 'distributed/greeting-worker.mjs');

describe("a worker of one's own", () => {
  let services: Services;
  let env: Environment;
  let client: RestClient;

  beforeAll(async () => {
    services = await Services.start();
    env = { REDIS_URL: services.redisUrl, DATABASE_URL: services.databaseUrl };
    const api = RoleProcess.spawn('api', env);
    const orchestrator = RoleProcess.spawn('orchestrator', env);
    client = new RestClient(await api.listening());
    await orchestrator.listening();
  });
  afterAll(async () => {
    await killAllProcesses();
    await services.stop();
  });

  const greeting = (node: object) => ({
    name: 'greeting',
    dag: { nodes: [{ id: 'hello', handler: 'greet', config: { name: '${input.who}' }, ...node }] },
  });

  it('offers its handlers to all of the engine from the moment it listens', async () => {
    await expect(client.post('/workflow', greeting({}))).rejects.toThrow('UNKNOWN_HANDLER');

    const worker = RoleProcess.spawnProgram(program, { ...env, WORKER_QUEUES: 'default,greetings' });
    await worker.listening();
    await client.post('/api/v1/definitions', greeting({ queue: 'greetings' }));
    const start = '/api/v1/definitions/greeting/executions?wait=PT30S';
    expect(await client.post(start, { input: { who: 'Ada' } })).toMatchObject({
      status: 'COMPLETED',
      output: { hello: { text: 'Hello Ada' } },
    });

    expect(await worker.terminate()).toEqual({ code: 0, signal: null });
  });

  it.each([
    ['a config that does not fit its schema', { config: {} }, /SCHEMA.*\/dag\/nodes\/0\/config/],
    ['a queue without a worker that offers it', { queue: 'gpu' }, /\\"gpu\\".*default, greetings/],
    ['a name that is nearly right', { handler: 'great' }, /Did you mean \\"greet\\"/],
  ])('has definitions checked: %s', async (_what, change, fault) => {
    await expect(client.post('/workflow', greeting(change))).rejects.toThrow(fault);
  });
});
