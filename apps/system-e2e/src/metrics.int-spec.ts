import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { killAllProcesses } from './app-process';
import { type App, RoleProcess } from './distributed/role-process';
import { Services } from './distributed/services';
import { expressions, metricsOf, seriesNames } from './docker/prometheus';
import { RestClient } from './rest-client';

const waited = '?wait=PT60S';

describe('the metrics of the engine on several processes', () => {
  let services: Services;
  let client: RestClient;
  const processes = new Map<App, RoleProcess>();

  beforeAll(async () => {
    services = await Services.start();
    const env = { REDIS_URL: services.redisUrl, DATABASE_URL: services.databaseUrl, LEASE_MS: '1000' };
    for (const app of ['api', 'orchestrator', 'worker', 'reaper'] as const)
      processes.set(app, RoleProcess.spawn(app, env));
    await Promise.all(Array.from(processes.values(), (process) => process.listening()));
    client = new RestClient((await processes.get('api')?.listening()) ?? '');
  });
  afterAll(async () => {
    await killAllProcesses();
    await services.stop();
  });

  async function exposition(app: App): Promise<string> {
    const response = await fetch(`${(await processes.get(app)?.listening()) ?? ''}/metrics`);
    return response.text();
  }

  async function samples(app: App): Promise<ReadonlyMap<string, number>> {
    const lines = (await exposition(app)).split('\n').filter((line) => line.startsWith('wfe_'));
    return new Map(
      lines.map((line) => {
        const blank = line.lastIndexOf(' ');
        return [line.slice(0, blank), Number(line.slice(blank + 1))];
      }),
    );
  }

  async function start(name: string, nodes: readonly object[]): Promise<void> {
    await client.post('/api/v1/definitions', { name, dag: { nodes } });
    await client.post(`/api/v1/definitions/${name}/executions${waited}`, { input: {} });
  }

  it('count what happened, where it happened', async () => {
    const refused = { url: 'http://127.0.0.1:1/', method: 'GET' };
    await start('fine', [
      { id: 'a', handler: 'noop', queue: 'default' },
      { id: 'b', handler: 'noop', queue: 'default', dependencies: ['a'] },
      { id: 'c', handler: 'noop', dependencies: ['b'], when: 'false' },
    ]);
    await start('broken', [{ id: 'a', handler: 'http', config: refused, retry: { max_attempts: 1 } }]);

    const orchestrator = await samples('orchestrator');
    expect(Object.fromEntries(orchestrator)).toMatchObject({
      'wfe_executions_total{event="started"}': 2,
      'wfe_executions_total{event="completed"}': 1,
      'wfe_executions_total{event="failed"}': 1,
      'wfe_nodes_total{status="completed"}': 2,
      'wfe_nodes_total{status="skipped"}': 1,
      'wfe_nodes_total{status="failed"}': 1,
      wfe_dead_letters_total: 1,
      wfe_partitions_owned: 16,
      'wfe_partition_leases_total{change="acquired"}': 16,
      'wfe_task_schedule_to_start_seconds_count{handler="noop"}': 2,
      'wfe_task_schedule_to_start_seconds_count{handler="http"}': 1,
    });
    const commits = orchestrator.get('wfe_commits_total{outcome="committed"}') ?? 0;
    expect(commits).toBeGreaterThanOrEqual(4);
    expect(orchestrator.get('wfe_commit_duration_seconds_count')).toBe(commits);
    expect(orchestrator.get('wfe_commit_events_count')).toBe(commits);

    const worker = await samples('worker');
    expect(worker.get('wfe_task_duration_seconds_count{handler="noop",outcome="succeeded"}')).toBe(2);
    const failed = [...worker.keys()].filter((name) => /^wfe_task_.*_count\{handler="http"/.test(name));
    expect(failed).toEqual([expect.not.stringContaining('succeeded')]);
  });

  it('show what waits and for how long, in queues and on the way to the archive', async () => {
    await client.post('/api/v1/definitions', {
      name: 'waiting',
      dag: { nodes: [{ id: 'a', handler: 'noop', queue: 'nobody' }] },
    });
    await client.post('/api/v1/definitions/waiting/executions', { input: {} });
    const lag = 'wfe_queue_lag_seconds{queue="nobody"}';
    await until(async () => ((await samples('reaper')).get(lag) ?? 0) > 0.5);
    const reaper = await samples('reaper');
    expect(reaper.get('wfe_queue_tasks{queue="nobody",state="waiting"}')).toBe(1);
    await until(async () => (await samples('reaper')).get('wfe_archive_lag') === 0);
    expect(reaper.get('wfe_archive_delay_seconds_count')).toBe(reaper.get('wfe_archived_slices_total'));
  });

  it('are all that the dashboard, the alerts and the autoscaler ask for', async () => {
    const texts = await Promise.all(Array.from(processes.keys(), exposition));
    const exported = new Set(texts.flatMap(seriesNames));
    const asked = expressions().flatMap(metricsOf);
    expect(asked).toContain('wfe_queue_lag_seconds');
    expect(asked.filter((name) => !exported.has(name))).toEqual([]);
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not come about');
    await sleep(50);
  }
}
