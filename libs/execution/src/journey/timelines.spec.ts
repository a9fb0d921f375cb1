import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { HotServer } from '../../testing/simulation/hot-server';
import { VirtualClock, control, task, workflowOf } from '../../testing/index';
import { echo, inMemoryRecord } from '../../testing/engines';
import type { InMemoryRecord } from '../../testing/engines';
import { inMemoryHotPorts } from '../embedded/in-memory-hot-ports';
import type { HotPorts } from '../embedded/in-memory-hot-ports';
import type { OutboxBatch } from '../ports/archive-outbox';
import { InMemoryArchiveOutbox } from '../in-memory/in-memory-archive-outbox';
import { InMemoryExecutionStore } from '../in-memory/in-memory-execution-store';
import type { ExecutionRepository } from '../ports/execution-repository';
import { silentLog } from '../ports/log';
import { partitionOf } from '../partition';
import { JournalSection } from '../journal-section';
import { archiveEntry } from './archive-entry';
import { Archiver } from './archiver';
import { createEngineApi } from './create-engine-api';
import { Orchestrator } from './orchestrator';
import { Worker } from './worker';

const PARTITIONS = 4;
const LEASE_MS = 1000;
const workflow = workflowOf([
  task('a', [], { handler: 'echo' }),
  task('b', ['a'], { handler: 'echo' }),
  control('end', 'output', ['b']),
]);

describe('hot data that was lost, or is older than the archive', () => {
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
  afterEach(() => stop());

  function ports() {
    const handlers = { find: (name: string) => ({ name }), names: () => [] };
    const schemas = { check: () => [], checkSchema: () => [] };
    return { ...hot, ...record, clock, random: () => 0.5, log: silentLog, handlers, schemas };
  }

  async function run(...roles: readonly { start(): void | Promise<void>; stop(): Promise<void> }[]) {
    for (const role of roles) {
      void role.start();
      stops.push(() => role.stop());
    }
    await clock.advance(100);
  }

  async function stop(): Promise<void> {
    for (const stopRole of stops.splice(0)) {
      const stopping = stopRole();
      await clock.advance(10_000);
      await stopping;
    }
  }

  function restart(): void {
    if (!(hot.store instanceof InMemoryExecutionStore)) throw new TypeError('the store is not in memory');
    hot.store.restart();
  }

  const share = (owner: string) => ({ owner, partitions: PARTITIONS, leaseMs: LEASE_MS });
  const orchestrator = (owner = 'o') => new Orchestrator(ports(), share(owner));
  const archiver = () => new Archiver(ports(), share('a'));
  const worker = () =>
    new Worker(
      { ...ports(), handlers: new Map([['echo', echo]]), secrets: { find: () => undefined } },
      { id: 'w', queues: ['default'], concurrency: 4, leaseMs: LEASE_MS, graceMs: 0 },
    );

  async function triggered(): Promise<string> {
    const api = createEngineApi(ports());
    const { id } = await api.submit(workflow);
    await api.trigger(id, {});
    await clock.advance(100);
    return id;
  }

  /** Runs one task of some worker, and lets the orchestrator take note of it. */
  async function work(output: string): Promise<void> {
    const [claimed] = await hot.tasks.claim({ worker: 'x', queues: ['default'], limit: 1, waitMs: 0 });
    if (claimed === undefined) throw new Error('there is no task');
    const { executionId, nodeId, attempt } = claimed.task;
    const report = { worker: 'x' };
    const outcome = { type: 'TaskSucceeded', executionId, nodeId, attempt, output, report } as const;
    await hot.tasks.settle('x', [{ receipt: claimed.receipt, outcome }]);
    await clock.advance(100);
  }

  const everything = (): Promise<OutboxBatch> => {
    const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);
    return hot.outbox.take({ partitions, limit: 1000, waitMs: 0 });
  };
  const archive = ({ slices }: OutboxBatch) => record.executions.archive(slices.map(archiveEntry));
  const types = async (id: string) => (await record.executions.journal(id, 0)).map(({ type }) => type);

  it('never meets what an archiver still holds of it', async () => {
    await run(orchestrator());
    const id = await triggered();
    await work('first time');
    const held = await everything();
    await stop();

    hot = inMemoryHotPorts(clock, PARTITIONS);
    await run(orchestrator());
    expect(await archive(held)).toEqual([partitionOf(id, PARTITIONS)]);
    await run(archiver());
    await work('second time');
    await work('second time');
    await clock.advance(1000);

    expect(await archive(held)).toEqual([partitionOf(id, PARTITIONS)]);
    const journal = await record.executions.journal(id, 0);
    expect(journal).toEqual(await hot.store.read(id, 0));
    expect(JSON.stringify(journal)).not.toContain('first time');
    expect((await record.executions.find(id))?.status).toBe('COMPLETED');
  });

  it('goes on as it is when nothing of the archive is missing in it', async () => {
    await run(orchestrator('before'), archiver());
    const id = await triggered();
    await work('done');
    const taken = await hot.tasks.claim({ worker: 'x', queues: ['default'], limit: 1, waitMs: 0 });
    await stop();

    restart();
    await run(orchestrator('after'), archiver());
    const executionId = id;
    const outcome = {
      type: 'TaskSucceeded',
      executionId,
      nodeId: 'b',
      attempt: 1,
      output: 1,
      report: {},
    } as const;
    await hot.tasks.settle(
      'x',
      taken.map(({ receipt }) => ({ receipt, outcome })),
    );
    await clock.advance(1000);

    expect((await record.executions.find(id))?.status).toBe('COMPLETED');
    expect(await types(id)).not.toContain('TaskRedelivered');
  });

  it('goes on as it is when an owner died after he had compared it and before he could take it up', async () => {
    await run(orchestrator('before'));
    const id = await triggered();
    await work('not archived');
    await stop();
    const partition = partitionOf(id, PARTITIONS);
    const { timeline } = await hot.store.progress(partition);
    await record.executions.beginTimeline({ partition, epoch: timeline + 1 }, timeline);

    restart();
    await run(orchestrator('after'), archiver(), worker());
    await clock.advance(1000);

    expect((await record.executions.find(id))?.status).toBe('COMPLETED');
    const journal = await record.executions.journal(id, 0);
    expect(journal.find(({ type }) => type === 'NodeCompleted')).toMatchObject({ output: 'not archived' });
    expect(await types(id)).not.toContain('TaskRedelivered');
  });

  it('is dropped and built anew from an archive that knows more', async () => {
    await run(orchestrator('before'), archiver());
    const id = await triggered();
    await work('archived');
    await stop();
    const partition = partitionOf(id, PARTITIONS);
    const { timeline, turn } = await hot.store.progress(partition);
    const position = { partition, timeline, turn: turn + 1 };
    const section = JournalSection.of([]);
    await record.executions.archive([{ executionId: id, section, position, settlesDeadLetters: false }]);

    restart();
    await run(orchestrator('after'), archiver(), worker());
    await clock.advance(1000);

    expect((await record.executions.find(id))?.status).toBe('COMPLETED');
    const journal = await record.executions.journal(id, 0);
    expect(journal.filter(({ type }) => type === 'TaskRedelivered')).toMatchObject([{ node_id: 'b' }]);
    expect(journal.find(({ type }) => type === 'NodeCompleted')).toMatchObject({
      output: 'archived',
    });
  });

  it('does not keep out an owner whose clock is behind', async () => {
    for (let partition = 0; partition < PARTITIONS; partition++) {
      await record.executions.beginTimeline({ partition, epoch: 1e15 }, 0);
    }
    await run(orchestrator(), worker(), archiver());
    const id = await triggered();
    await clock.advance(1000);
    expect((await record.executions.find(id))?.status).toBe('COMPLETED');
  });

  it('does not wait for an owner of before, whose clock was ahead and who begins after his successor', async () => {
    const server = new HotServer(clock, PARTITIONS);
    const { leases, archiveLeases, stream, store, tasks, feed, workers } = server;
    const outbox = new InMemoryArchiveOutbox(server.outbox);
    hot = { leases, archiveLeases, stream, store, tasks, outbox, feed, workers };
    server.aheadMs = 60_000;
    let letHimBegin = (): void => undefined;
    const isHeldUp = new Promise<void>((resolve) => (letHimBegin = resolve));
    const executions = Object.create(record.executions) as ExecutionRepository;
    executions.beginTimeline = async (...args) => {
      await isHeldUp;
      return record.executions.beginTimeline(...args);
    };
    await run(new Orchestrator({ ...ports(), executions }, share('late')));
    server.stop();
    server.start(server.empty);
    server.aheadMs = 0;
    await run(orchestrator('successor'), archiver());
    letHimBegin();
    await clock.advance(100);

    await run(worker());
    const ids = [];
    do ids.push(await triggered());
    while (!ids.some((id) => partitionOf(id, PARTITIONS) === 0));
    await clock.advance(1000);
    for (const id of ids) expect((await record.executions.find(id))?.status).toBe('COMPLETED');
  });
});
