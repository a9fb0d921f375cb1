import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SubmittedExecution } from '@workflow-engine/contracts';

import { type Environment, killAllProcesses } from './app-process';
import { type App, RoleProcess } from './distributed/role-process';
import { Services } from './distributed/services';
import { type ReceivedSpan, SpanReceiver } from './distributed/span-receiver';

const [callerTrace, callerSpan] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
const apps: readonly App[] = ['api', 'orchestrator', 'worker'];

describe('the traces of executions', () => {
  let services: Services;
  let receiver: SpanReceiver;

  beforeAll(async () => {
    [services, receiver] = await Promise.all([Services.start(), SpanReceiver.start()]);
  });
  afterAll(async () => {
    await killAllProcesses();
    receiver.close();
    await services.stop();
  });

  /** Runs executions of a chain of two tasks in three processes; what these sent by their end. */
  async function spansOf(count: number, changes: Environment): Promise<readonly ReceivedSpan[]> {
    receiver.spans.length = 0;
    const env = {
      REDIS_URL: services.redisUrl,
      DATABASE_URL: services.databaseUrl,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      ...changes,
    };
    const processes = apps.map((app) => RoleProcess.spawn(app, env));
    const [url = ''] = await Promise.all(processes.map((process) => process.listening()));
    const nodes = [
      { id: 'a', handler: 'noop', queue: 'default' },
      { id: 'b', handler: 'noop', queue: 'default', dependencies: ['a'] },
    ];
    const post = async (path: string, body: object): Promise<SubmittedExecution> => {
      const headers = {
        'content-type': 'application/json',
        traceparent: `00-${callerTrace}-${callerSpan}-01`,
      };
      const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
      expect(response.ok).toBe(true);
      return (await response.json()) as SubmittedExecution;
    };
    await post('/api/v1/definitions', { name: 'traced', dag: { nodes } });
    for (let index = 0; index < count; index++)
      await post('/api/v1/definitions/traced/executions?wait=PT30S', { input: {} });
    for (const process of processes) expect(await process.terminate()).toEqual({ code: 0, signal: null });
    return [...receiver.spans];
  }

  it('follow an execution through the api, the orchestrator and the worker', async () => {
    const spans = await spansOf(1, {});
    const told = spans.map(({ service, name, attributes }) =>
      [service.replace('workflow-engine-', ''), name, attributes['wfe.node_id'] as string | undefined]
        .filter((part) => part !== undefined)
        .join(' '),
    );
    expect([...told].sort()).toEqual([
      'api start',
      'orchestrator attempt noop a',
      'orchestrator attempt noop b',
      'orchestrator execution',
      'worker run noop a',
      'worker run noop b',
    ]);
    const named = (start: string): ReceivedSpan => {
      const span = spans[told.findIndex((text) => text.startsWith(start))];
      if (span === undefined) throw new Error(`no span ${start}`);
      return span;
    };
    const root = named('orchestrator execution');
    const executionId = String(root.attributes['wfe.execution_id']);
    expect(root.parentSpanId).toBeUndefined();
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([executionId.replaceAll('-', '')]));
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
    expect(named('api start').parentSpanId).toBe(root.spanId);
    expect(named('api start').links).toMatchObject([{ traceId: callerTrace, spanId: callerSpan }]);
    for (const node of ['a', 'b']) {
      const [attempt, run] = [named(`orchestrator attempt noop ${node}`), named(`worker run noop ${node}`)];
      expect(attempt.parentSpanId).toBe(root.spanId);
      expect(run.parentSpanId).toBe(attempt.spanId);
      expect(run.startedAt).toBeGreaterThanOrEqual(attempt.startedAt);
      expect(attempt.endedAt).toBeLessThanOrEqual(root.endedAt);
    }
    // The worker may have gone on before the orchestrator knew of the end of the first one.
    expect(named('worker run noop b').startedAt).toBeGreaterThanOrEqual(named('worker run noop a').endedAt);
  });

  it('are whole or left out when only a share is sampled', async () => {
    const count = 30;
    const changes = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.5' };
    const traces = new Map<string, number>();
    for (const { traceId } of await spansOf(count, changes))
      traces.set(traceId, (traces.get(traceId) ?? 0) + 1);
    expect(traces.size).toBeGreaterThan(0);
    expect(traces.size).toBeLessThan(count);
    expect(new Set(traces.values())).toEqual(new Set([6]));
  });
});
