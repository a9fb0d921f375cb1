import type { NodeDefinition } from '@workflow-engine/dag';
import { afterEach, describe, expect, it } from '@jest/globals';

import { HeldHandler, echo, inMemoryRecord } from '../../testing/engines';
import type { InMemoryRecord } from '../../testing/engines';
import { VirtualClock } from '../../testing/virtual-clock';
import { control, layers, task, workflowOf } from '../../testing/workflows';
import { createEmbeddedEngine } from '../embedded/embedded-engine';
import type { EmbeddedEngine } from '../embedded/embedded-engine';
import { systemClock } from '../in-memory/system';
import type { Clock } from '../ports/clock';
import type { ArchiveEntry } from '../ports/execution-repository';
import type { TaskHandler } from '../ports/task-handler';

type Executions = InMemoryRecord['executions'];

interface Connection {
  readonly executions: Executions;
  readonly cut: () => void;
}

/** A system of record that a process can be cut off from: what it writes afterwards never gets there. */
class SystemOfRecord {
  private readonly repositories = inMemoryRecord(systemClock);
  readonly deadLetters = this.repositories.deadLetters;
  readonly definitions = this.repositories.definitions;
  readonly executions = this.repositories.executions;

  /** `archives`: how many times the process may write before it dies. */
  connection(archives = Infinity): Connection {
    let left = archives;
    const executions = Object.create(this.executions) as Executions;
    executions.archive = async (entries: readonly ArchiveEntry[]) => {
      left -= 1;
      return left >= 0 ? this.executions.archive(entries) : [];
    };
    return { executions, cut: () => (left = 0) };
  }
}

describe('a restart', () => {
  const engines: EmbeddedEngine[] = [];
  let record: SystemOfRecord;

  afterEach(async () => {
    for (const engine of engines.splice(0)) await engine.stop();
  });

  async function started(
    handlers: readonly TaskHandler[],
    options: { executions?: Executions; clock?: Clock; graceMs?: number } = {},
  ): Promise<EmbeddedEngine> {
    const { definitions, deadLetters, executions } = record;
    const engine = createEmbeddedEngine({
      definitions,
      deadLetters,
      executions,
      handlers,
      schemas: { check: () => [], checkSchema: () => [] },
      graceMs: 0,
      ...options,
    });
    engines.push(engine);
    await engine.start();
    return engine;
  }

  async function begun(engine: EmbeddedEngine, nodes: readonly NodeDefinition[]): Promise<string> {
    const { id } = await engine.api.submit(workflowOf(nodes));
    await engine.api.trigger(id, {});
    return id;
  }

  const sum: TaskHandler = {
    name: 'work',
    run: async (config) => {
      await new Promise((resolve) => setImmediate(resolve));
      return config;
    },
  };
  const nodes = [
    ...layers(3, 3, 2).map((node) => ({ ...node, config: { me: node.id } })),
    control('end', 'output', ['l2p0', 'l2p1', 'l2p2']),
  ];

  it.each([0, 1, 2, 3, 5, 8])(
    'after a crash once %d batches were archived finishes everything',
    async (archives) => {
      record = new SystemOfRecord();
      const { executions, cut } = record.connection(archives);
      const first = await started([sum], { executions });
      const ids: string[] = [];
      for (let n = 0; n < 10; n++) ids.push(await begun(first, nodes));
      cut();
      await first.stop();

      const second = await started([sum]);
      for (const id of ids) {
        expect((await second.api.wait(id, 10_000)).status).toBe('COMPLETED');
        expect((await second.api.results(id)).output).toEqual({
          end: { l2p0: { me: 'l2p0' }, l2p1: { me: 'l2p1' }, l2p2: { me: 'l2p2' } },
        });
        const events = await second.api.events(id, 0, 1000);
        expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
        expect(events.filter(({ type }) => type === 'ExecutionCompleted')).toHaveLength(1);
      }
      await second.stop();
      for (const id of ids) expect((await record.executions.find(id))?.status).toBe('COMPLETED');
    },
  );

  it('starts what was triggered but whose event got lost', async () => {
    record = new SystemOfRecord();
    const first = await started([sum]);
    const { id } = await first.api.submit(workflowOf(nodes));
    await first.stop();
    await record.executions.trigger(id, {}, new Date().toISOString());

    const second = await started([sum]);
    expect((await second.api.wait(id, 10_000)).status).toBe('COMPLETED');
  });

  it('runs again what was running, as the same attempt, and nothing that was done', async () => {
    record = new SystemOfRecord();
    const [before, after] = [new HeldHandler(), new HeldHandler()];
    const first = await started([before]);
    const id = await begun(first, [
      task('a', [], { handler: 'held' }),
      task('b', ['a'], { handler: 'held' }),
    ]);
    (await before.call(1)).succeed('once');
    await before.call(2);
    await first.stop();
    expect((await record.executions.find(id))?.status).toBe('RUNNING');

    const second = await started([after]);
    const again = await after.call(1);
    expect(again.context).toMatchObject({ nodeId: 'b', attempt: 1, idempotencyKey: `${id}:b` });
    again.succeed('twice');
    await second.api.wait(id, 10_000);
    expect([...(await second.api.results(id)).outputs]).toEqual([
      ['a', 'once'],
      ['b', 'twice'],
    ]);
    // Handed back by the worker that had gone on with it, and sent out again by the second engine.
    expect((await second.api.node(id, 'b')).attempts).toMatchObject([{ attempt: 1, deliveries: 3 }]);
  });

  it('loses no outcome of tasks that finished within the grace period of the stop', async () => {
    record = new SystemOfRecord();
    const [before, after] = [new HeldHandler(), new HeldHandler()];
    const first = await started([before], { graceMs: 60_000 });
    const id = await begun(first, [
      task('a', [], { handler: 'held' }),
      task('b', ['a'], { handler: 'held' }),
    ]);
    const call = await before.call();
    const stopped = first.stop();
    call.succeed('just in time');
    await stopped;
    expect(before.calls).toHaveLength(1);

    const second = await started([after]);
    const next = await after.call();
    expect(next.context.nodeId).toBe('b');
    next.succeed();
    await second.api.wait(id, 10_000);
    expect((await second.api.results(id)).outputs.get('a')).toBe('just in time');
  });

  it('remembers delays, retries and a pause', async () => {
    record = new SystemOfRecord();
    const clock = new VirtualClock();
    const failing: TaskHandler = { name: 'work', run: () => Promise.reject(new Error('no')) };
    const first = await started([failing], { clock });
    const retry = {
      max_attempts: 2,
      interval: 60,
      max_interval: 60,
      jitter: 'none',
      retry_on: ['*'],
    } as const;
    const delayed = await begun(first, [control('wait', 'delay', [], { config: { duration: 60 } })]);
    const retried = await begun(first, [task('a', [], { retry })]);
    const paused = await begun(first, [control('wait', 'delay', [], { config: { duration: 1 } })]);
    await clock.advance(10);
    const pausing = first.api.pause(paused);
    await clock.advance(10);
    await pausing;
    await first.stop();

    const second = await started([{ name: 'work', run: () => 'fine' }], { clock });
    const statuses = async () => {
      const views = [delayed, retried, paused].map((id) => second.api.status(id));
      return (await Promise.all(views)).map(({ status }) => status);
    };
    await clock.advance(50_000);
    expect(await statuses()).toEqual(['RUNNING', 'RUNNING', 'PAUSED']);
    await clock.advance(10_000);
    expect(await statuses()).toEqual(['COMPLETED', 'COMPLETED', 'PAUSED']);
    const resuming = second.api.resume(paused);
    await clock.advance(10);
    await resuming;
    expect(await statuses()).toEqual(['COMPLETED', 'COMPLETED', 'COMPLETED']);
  });

  it('keeps what is over readable, and retries it from the archive', async () => {
    record = new SystemOfRecord();
    const failing: TaskHandler = { name: 'work', run: () => Promise.reject(new Error('no')) };
    const first = await started([echo, failing]);
    const id = await begun(first, [
      task('a', [], { handler: 'echo', config: { n: 1 } }),
      task('b', ['a'], { retry: { max_attempts: 1 } }),
    ]);
    expect((await first.api.wait(id, 10_000)).status).toBe('FAILED');
    await first.stop();

    const second = await started([{ name: 'work', run: () => 'fine' }]);
    expect(await second.api.status(id)).toMatchObject({ status: 'FAILED', progress: { percent: 100 } });
    const [letter] = (await second.api.deadLetters({ limit: 10 })).items;
    expect(letter).toMatchObject({ executionId: id, nodeId: 'b', handler: 'work', attempts: 1 });
    await second.api.retryDeadLetter(letter?.id ?? '');
    expect((await second.api.wait(id, 10_000)).status).toBe('COMPLETED');
    expect([...(await second.api.results(id)).outputs]).toEqual([
      ['a', { n: 1 }],
      ['b', 'fine'],
    ]);
    await second.stop();
    expect((await record.deadLetters.list({ limit: 10 })).items).toEqual([]);
    const events = await record.executions.journal(id, 0);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  });

  it('runs what had completed again from a node, with the outputs that the archive has', async () => {
    record = new SystemOfRecord();
    const first = await started([echo, { name: 'work', run: () => 'first' }]);
    const id = await begun(first, [
      task('a', [], { handler: 'echo', config: { n: 1 } }),
      task('b', ['a'], { config: { n: '${a.output.n}' } }),
    ]);
    expect((await first.api.wait(id, 10_000)).status).toBe('COMPLETED');
    await first.stop();

    const second = await started([echo, { name: 'work', run: (config) => [config, 'second'] }]);
    await second.api.rerun(id, 'b');
    expect((await second.api.wait(id, 10_000)).status).toBe('COMPLETED');
    expect((await second.api.results(id)).output).toEqual({ b: [{ n: 1 }, 'second'] });
    expect((await second.api.node(id, 'a')).attempts).toHaveLength(1);
    await second.stop();
    expect(await record.executions.find(id)).toMatchObject({ status: 'COMPLETED' });
  });

  it('a discarded dead letter stays away; its execution stays as it is', async () => {
    record = new SystemOfRecord();
    const failing: TaskHandler = { name: 'work', run: () => Promise.reject(new Error('no')) };
    const first = await started([failing]);
    const id = await begun(first, [task('b', [], { retry: { max_attempts: 1 } })]);
    await first.api.wait(id, 10_000);
    await first.stop();
    const [letter] = (await first.api.deadLetters({ limit: 10 })).items;
    await first.api.discardDeadLetter(letter?.id ?? '');
    expect((await first.api.deadLetters({ limit: 10 })).items).toEqual([]);
    await expect(first.api.discardDeadLetter(letter?.id ?? '')).rejects.toMatchObject({
      code: 'DEAD_LETTER_NOT_FOUND',
    });
    expect((await first.api.status(id)).status).toBe('FAILED');
  });
});
