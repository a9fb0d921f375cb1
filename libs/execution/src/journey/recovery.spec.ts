import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { echo, inMemoryRecord } from '../../testing/engines';
import type { InMemoryRecord } from '../../testing/engines';
import { VirtualClock } from '../../testing/virtual-clock';
import { control, task, workflowOf } from '../../testing/workflows';
import { inMemoryHotPorts } from '../embedded/in-memory-hot-ports';
import type { HotPorts } from '../embedded/in-memory-hot-ports';
import { UnavailableError } from '../errors';
import { silentLog } from '../ports/log';
import { Archiver } from './archiver';
import { createEngineApi } from './create-engine-api';
import { Orchestrator } from './orchestrator';
import { Recovery } from './recovery';
import { Worker } from './worker';

const [PARTITIONS, LEASE_MS, RECOVER_AFTER_MS] = [2, 3000, 10_000];
const workflow = workflowOf([task('a', [], { handler: 'echo' }), control('end', 'output', ['a'])]);

describe('the recovery', () => {
  let clock: VirtualClock;
  let hot: HotPorts;
  let record: InMemoryRecord;
  let stops: (() => Promise<void>)[];

  beforeEach(() => {
    clock = new VirtualClock();
    hot = inMemoryHotPorts(clock, PARTITIONS);
    record = inMemoryRecord(clock);
    stops = [];
  });
  afterEach(async () => {
    for (const stop of stops) {
      const stopping = stop();
      await clock.advance(10_000);
      await stopping;
    }
  });

  function ports() {
    const handlers = { find: (name: string) => ({ name }), names: () => [] };
    const schemas = { check: () => [], checkSchema: () => [] };
    return { ...hot, ...record, clock, random: () => 0.5, log: silentLog, handlers, schemas };
  }

  function runs(role: { start(): void | Promise<void>; stop(): Promise<void> }): void {
    void role.start();
    stops.push(() => role.stop());
  }

  const orchestrator = () =>
    new Orchestrator(ports(), { owner: 'o', partitions: PARTITIONS, leaseMs: LEASE_MS });
  const worker = () =>
    new Worker(
      { ...ports(), handlers: new Map([['echo', echo]]), secrets: { find: () => undefined } },
      { id: 'w', queues: ['default'], concurrency: 4, leaseMs: LEASE_MS, graceMs: 0 },
    );
  const archiver = () => new Archiver(ports(), { owner: 'a', partitions: PARTITIONS, leaseMs: LEASE_MS });
  const recovery = () => new Recovery(ports(), { recoverAfterMs: RECOVER_AFTER_MS });

  /** Triggered in the system of record by a process that died before it could tell anybody. */
  async function stranded(at = clock.now()): Promise<string> {
    const { id } = await createEngineApi(ports()).submit(workflow);
    await record.executions.trigger(id, {}, new Date(at).toISOString());
    return id;
  }

  async function inbound(): Promise<string[]> {
    const after = new Map(Array.from({ length: PARTITIONS }, (_, partition) => [partition, undefined]));
    const entries = await hot.stream.read({ after, limit: 1000, waitMs: 0 });
    return entries.flatMap(({ commands }) => commands.map(({ executionId }) => executionId));
  }

  it('finishes what was triggered but never sent', async () => {
    const id = await stranded();
    for (const role of [orchestrator(), worker(), archiver(), recovery()]) runs(role);
    await clock.advance(2 * RECOVER_AFTER_MS);

    expect((await record.executions.find(id))?.status).toBe('COMPLETED');
  });

  it('finishes what was accepted while the hot store was away', async () => {
    const away = Object.create(hot.stream) as typeof hot.stream;
    away.append = () => Promise.reject(new UnavailableError('away'));
    const api = createEngineApi({ ...ports(), stream: away });
    const { id } = await api.submit(workflow);
    expect(await api.trigger(id, {})).toMatchObject({ status: 'RUNNING' });
    for (const role of [orchestrator(), worker(), archiver(), recovery()]) runs(role);
    await clock.advance(2 * RECOVER_AFTER_MS);

    expect((await record.executions.find(id))?.status).toBe('COMPLETED');
  });

  it('does not wait for the time of a clock that was ahead', async () => {
    const id = await stranded(clock.now() + 100 * RECOVER_AFTER_MS);
    runs(recovery());
    await clock.advance(2 * RECOVER_AFTER_MS);

    expect(await inbound()).toContain(id);
  });

  it('does not wait until its own clock, set back, tells the same time again', async () => {
    let aheadMs = 100 * RECOVER_AFTER_MS;
    const skewed = { now: () => clock.now() + aheadMs, sleep: clock.sleep.bind(clock) };
    const id = await stranded();
    runs(new Recovery({ ...ports(), clock: skewed }, { recoverAfterMs: RECOVER_AFTER_MS }));
    await clock.advance(100);
    expect(await inbound()).toEqual([id]);
    aheadMs = 0;
    await clock.advance(2 * RECOVER_AFTER_MS);
    expect((await inbound()).length).toBeGreaterThan(1);
  });

  it('finishes what a total loss of the hot store took away', async () => {
    for (const role of [orchestrator(), archiver()]) runs(role);
    const api = createEngineApi(ports());
    const { id } = await api.submit(workflow);
    await api.trigger(id, {});
    await clock.advance(1000);
    expect(await hot.tasks.depths()).toMatchObject([{ waiting: 1 }]);

    hot = inMemoryHotPorts(clock, PARTITIONS);
    for (const role of [orchestrator(), worker(), archiver(), recovery()]) runs(role);
    await clock.advance(2 * RECOVER_AFTER_MS);

    expect((await record.executions.find(id))?.status).toBe('COMPLETED');
  });

  it('leaves alone what is known and what has only just begun', async () => {
    for (const role of [orchestrator(), archiver(), recovery()]) runs(role);
    const api = createEngineApi(ports());
    const { id } = await api.submit(workflow);
    await api.trigger(id, {});
    await clock.advance(3 * RECOVER_AFTER_MS);
    const events = await api.events(id, 0, 100);
    expect(events.map(({ type }) => type)).not.toContain('TaskRedelivered');

    hot = inMemoryHotPorts(clock, PARTITIONS);
    await stranded();
    runs(recovery());
    await clock.advance(100);
    expect(await inbound()).not.toContain((await record.executions.search({}, { limit: 1 })).items[0]?.id);
  });

  it('looks less often when it takes long', async () => {
    await stranded();
    let looks = 0;
    const executions = Object.create(record.executions) as typeof record.executions;
    executions.unfinished = async (page) => {
      looks += 1;
      await clock.sleep(RECOVER_AFTER_MS);
      return record.executions.unfinished(page);
    };
    runs(new Recovery({ ...ports(), executions }, { recoverAfterMs: RECOVER_AFTER_MS }));
    await clock.advance(100 * RECOVER_AFTER_MS);
    expect(looks).toBe(10);
  });

  it('does not fill the inbound streams while nobody reads them', async () => {
    const id = await stranded();
    runs(recovery());
    await clock.advance(100 * RECOVER_AFTER_MS);

    const sent = (await inbound()).filter((executionId) => executionId === id);
    expect(sent.length).toBeGreaterThan(1);
    expect(sent.length).toBeLessThan(12);
  });
});
