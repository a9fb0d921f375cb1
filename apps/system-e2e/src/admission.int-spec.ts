import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Problem, SubmittedExecution } from '@workflow-engine/contracts';

import { type Environment, killAllProcesses } from './app-process';
import { type App, RoleProcess } from './distributed/role-process';
import { Services } from './distributed/services';
import { RestClient } from './rest-client';

const restMs = 60_000;

interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly problem: Problem;
}

describe('the engine when the memory of Redis runs short', () => {
  let services: Services;
  let env: Environment;
  let url: string;

  beforeAll(async () => {
    services = await Services.start();
    env = { REDIS_URL: services.redisUrl, DATABASE_URL: services.databaseUrl, REDIS_HIGH_WATER: '0.5' };
    const apps: readonly App[] = ['api', 'orchestrator', 'worker', 'reaper'];
    const processes = apps.map((app) => RoleProcess.spawn(app, env));
    [url = ''] = await Promise.all(processes.map((process) => process.listening()));
    const nodes = [
      { id: 'pause', handler: 'delay', config: { duration: 'PT4S' } },
      { id: 'task', handler: 'noop', queue: 'default', dependencies: ['pause'] },
    ];
    await new RestClient(url).post('/api/v1/definitions', { name: 'slow', dag: { nodes } });
  });
  afterAll(async () => {
    await killAllProcesses();
    await services.stop();
  });

  async function limitMemory(bytes: number): Promise<void> {
    expect(await services.redis('CONFIG', 'SET', 'maxmemory', String(Math.ceil(bytes)))).toMatch(/^\+OK/);
  }

  async function usedMemory(): Promise<number> {
    return Number(/used_memory:(\d+)/.exec(await services.redis('INFO', 'memory'))?.[1]);
  }

  async function post(path: string): Promise<Answer> {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    const retryAfter = response.headers.get('retry-after');
    return { status: response.status, retryAfter, problem: (await response.json()) as Problem };
  }

  const start = '/api/v1/definitions/slow/executions';

  async function startUntil(status: number): Promise<Answer> {
    const deadline = Date.now() + restMs;
    for (;;) {
      const answer = await post(start);
      if (answer.status === status) return answer;
      if (Date.now() > deadline) throw new Error(`still ${answer.status}`);
      await sleep(100);
    }
  }

  it('refuses new executions and finishes those that run, even when it is full', async () => {
    const client = new RestClient(url);
    const dag = { nodes: [{ id: 'a', handler: 'noop' }] };
    const waiting = (await client.post('/workflow', { name: 'waiting', dag })) as SubmittedExecution;
    const running = (await client.post(start, { input: {} })) as SubmittedExecution;

    await limitMemory(1.5 * (await usedMemory()));
    const refusal = await startUntil(503);
    expect(refusal).toMatchObject({
      retryAfter: expect.stringMatching(/^\d+$/),
      problem: { code: 'OVERLOADED', detail: expect.stringMatching(/memory of Redis is used up to \d+ %/) },
    });
    const trigger = `/workflow/trigger/${waiting.execution_id}`;
    expect((await post(trigger)).problem.code).toBe('OVERLOADED');
    expect((await post('/workflow')).problem.code).toBe('OVERLOADED');

    await limitMemory(1_000_000);
    expect(await usedMemory()).toBeGreaterThan(1_000_000);
    const command = await post(`/api/v1/workflows/${running.execution_id}/pause`);
    expect(command).toMatchObject({ status: 503, problem: { code: 'UNAVAILABLE' } });
    await RoleProcess.spawn('worker', env).listening();
    const deadline = Date.now() + restMs;
    while ((await client.state(running.execution_id)).status !== 'COMPLETED') {
      if (Date.now() > deadline) throw new Error('it does not end');
      await sleep(100);
    }
    expect((await post(start)).problem.code).toBe('OVERLOADED');

    await limitMemory(0);
    await startUntil(202);
    expect((await post(trigger)).status).toBe(202);
  }, 180_000);
});
