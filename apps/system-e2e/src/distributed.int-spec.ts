import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ExecutionState, SubmittedExecution } from '@workflow-engine/contracts';

import { journalFaults } from './crash/journal-rules';
import { type Shape, workload } from './crash/workload';
import { killAllProcesses } from './app-process';
import { type App, RoleProcess } from './distributed/role-process';
import { Services } from './distributed/services';
import { closeUpstreams, EffectUpstream } from './effect-upstream';
import { RestClient } from './rest-client';

/** Short ones, so that the tests need not wait long for what was lost. */
const [leaseMs, recoverAfterMs] = [2000, 1000];
/** Generous: the machine may be busy. */
const restMs = 60_000;

interface Accepted {
  readonly id: string;
  readonly shape: Shape;
  readonly value: number;
}

describe('the engine on several processes', () => {
  let services: Services;
  let upstream: EffectUpstream;
  let client: RestClient;
  let shapes: readonly Shape[];
  const processes: RoleProcess[] = [];

  beforeAll(async () => {
    [services, upstream] = await Promise.all([Services.start(), EffectUpstream.start()]);
    shapes = workload(upstream.host);
    const [api] = await start('api', 'orchestrator', 'orchestrator', 'worker', 'worker', 'reaper');
    client = new RestClient(api ?? '');
  });

  afterAll(async () => {
    await killAllProcesses();
    await closeUpstreams();
    await services.stop();
  });

  function start(...apps: readonly App[]): Promise<string[]> {
    const env = {
      REDIS_URL: services.redisUrl,
      DATABASE_URL: services.databaseUrl,
      LEASE_MS: String(leaseMs),
      RECOVER_AFTER_MS: String(recoverAfterMs),
      HTTP_ALLOW_HOSTS: upstream.host,
      SECRET_GENERATION: '0',
    };
    const started = apps.map((app) => RoleProcess.spawn(app, env));
    processes.push(...started);
    return Promise.all(started.map((process) => process.listening()));
  }

  /** Takes the first one of an app away, for good. */
  function take(app: App): RoleProcess {
    const [taken] = processes.splice(
      processes.findIndex((process) => process.app === app),
      1,
    );
    if (taken === undefined) throw new Error(`no ${app} is running`);
    return taken;
  }

  async function begin(count: number): Promise<Accepted[]> {
    const starting = Array.from({ length: count }, async (_, value): Promise<Accepted> => {
      const shape = at(shapes, value);
      const submitted = (await client.post('/workflow', shape.definition)) as SubmittedExecution;
      const { execution_id: id } = submitted;
      await client.post(`/workflow/trigger/${id}`, { input: { value } });
      return { id, shape, value };
    });
    return Promise.all(starting);
  }

  /** Tasks in queues and journal slices on their way to the archive. */
  async function pending(): Promise<number> {
    const reapers = processes.filter(({ app }) => app === 'reaper');
    const counts = reapers.flatMap((reaper) => [
      reaper.metric('wfe_queue_tasks'),
      reaper.metric('wfe_archive_lag'),
    ]);
    expect(counts).not.toEqual([]);
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  }

  /** The end of what every process had to say. */
  function printed(): string {
    return processes.map(({ app, output }) => `--- ${app}\n${output.slice(-2000)}`).join('\n');
  }

  /** Nobody triggers, retries or cancels anything: whatever was accepted has to end by itself. */
  async function expectAllFinished(accepted: readonly Accepted[]): Promise<void> {
    const deadline = Date.now() + restMs;
    let open = accepted.map(({ id }) => id);
    while (open.length > 0) {
      if (Date.now() > deadline) throw new Error(`still open: ${open.join(', ')}\n${printed()}`);
      await sleep(200);
      const states = await Promise.all(open.map((id) => client.state(id)));
      open = states.filter(isOpen).map(({ execution_id: id }) => id);
    }
    await Promise.all(accepted.map((one) => expectRightEnd(one)));
  }

  /** The status and output that it must have, and a journal with one outcome per attempt, in an order that can be. */
  async function expectRightEnd({ id, shape, value }: Accepted): Promise<void> {
    const [{ status, output }, events] = await Promise.all([client.results(id), client.journal(id)]);
    const faults = journalFaults(shape.definition.dag.nodes, events);
    expect({ id, shape: shape.name, status, output, faults }).toEqual({
      id,
      shape: shape.name,
      status: shape.status,
      output: shape.output(value),
      faults: [],
    });
  }

  it('shares 200 executions among all of its processes', async () => {
    await expectAllFinished(await begin(200));

    for (const process of processes) {
      const { app } = process;
      if (app === 'orchestrator') expect(await process.metric('wfe_commits_total')).toBeGreaterThan(0);
      if (app === 'worker')
        expect(await process.metric('wfe_task_duration_seconds_count')).toBeGreaterThan(0);
      if (app === 'reaper') expect(await process.metric('wfe_archived_slices_total')).toBeGreaterThan(0);
    }
  }, 120_000);

  it('loses nothing when an orchestrator and a worker are killed under load', async () => {
    const before = upstream.total;
    const accepting = begin(150);
    await upstream.until(() => upstream.total > before + 100);
    await Promise.all([take('orchestrator').kill(), take('worker').kill()]);
    await expectAllFinished(await accepting);
    await start('orchestrator', 'worker');
  }, 120_000);

  it('brings back everything after a total loss of Redis', async () => {
    const before = upstream.total;
    const accepted = await begin(150);
    await upstream.until(() => upstream.total > before + 100);
    const states = await Promise.all(accepted.map(({ id }) => client.state(id)));
    expect(states.filter(isOpen)).not.toEqual([]);
    expect(await services.redis('FLUSHALL')).toMatch(/^\+OK/);
    await expectAllFinished(accepted);
  }, 120_000);

  it('has nothing pending then, and every process ends when it is asked to', async () => {
    const deadline = Date.now() + restMs;
    while ((await pending()) > 0) {
      if (Date.now() > deadline) throw new Error(`still pending\n${printed()}`);
      await sleep(100);
    }
    expect(await client.executions('&status=RUNNING,PAUSED')).toEqual([]);

    const exits = await Promise.all(processes.map((process) => process.terminate()));
    expect(exits).toEqual(processes.map(() => ({ code: 0, signal: null })));
  }, 120_000);
});

function at<T>(items: readonly T[], index: number): T {
  const item = items[index % items.length];
  if (item === undefined) throw new RangeError('there is nothing to choose from');
  return item;
}

function isOpen({ status }: ExecutionState): boolean {
  return status === 'RUNNING' || status === 'PAUSED' || status === 'PENDING';
}
