import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { HeldHandler } from '../../testing/engines';
import { LEASE_MS, PARTITIONS, RolesUnderTest } from '../../testing/roles';
import { task } from '../../testing/workflows';
import { partitionOf } from '../partition';
import type { CommitBatch, ExecutionStore } from '../ports/execution-store';
import type { TaskHandler } from '../ports/task-handler';

describe('a worker that goes on by itself', () => {
  let roles: RolesUnderTest;
  beforeEach(() => void (roles = new RolesUnderTest()));
  afterEach(() => roles.stop());

  const held = (id: string, dependencies: readonly string[] = [], config = {}) =>
    task(id, dependencies, { handler: 'held', config });
  const echo: TaskHandler = { name: 'echo', run: (config) => config };

  it('resolves configs as the owner of the execution does', async () => {
    let followed = 0;
    roles.orchestrator('o', {
      store: watching(roles.hot.store, (batch) => (followed += batch.followed.length)),
    });
    const told = {
      is: '${a.output.n + 1}',
      at: '${execution.started_at}',
      by: '${input}',
      in: '${a.status}',
    };
    const id = await roles.begun([
      task('a', [], { handler: 'echo', config: { n: 1 } }),
      task('b', ['a'], { handler: 'echo', config: told }),
    ]);
    await roles.worker('w', [echo]);
    await roles.clock.advance(10);
    expect(followed).toBe(1);
    const { config, output } = await roles.api.node(id, 'b');
    expect(output).toEqual(config);
    expect(output).toMatchObject({ is: 2, in: 'COMPLETED' });
  });

  it('comes to the same end with a config that cannot be resolved', async () => {
    roles.orchestrator('o');
    const id = await roles.begun([
      task('a', [], { handler: 'echo', config: { n: 1 } }),
      task('b', ['a'], { handler: 'echo', config: { is: '${1 / (a.output.n - 1)}' } }),
    ]);
    await roles.worker('w', [echo]);
    await roles.clock.advance(10);
    expect(await roles.api.node(id, 'b')).toMatchObject({ status: 'FAILED', attempts: [] });
    expect((await roles.api.status(id)).status).toBe('FAILED');
    expect((await roles.hot.tasks.depths()).every(({ waiting, claimed }) => waiting + claimed === 0)).toBe(
      true,
    );
  });

  it('has it written down together with what comes next', async () => {
    const batches: CommitBatch[] = [];
    roles.orchestrator('o', {
      store: watching(roles.hot.store, (batch) => batches.push(batch)),
    });
    const handler = new HeldHandler();
    await roles.worker('w', [handler]);
    const id = await roles.begun([held('a'), held('b', ['a']), held('c', ['b']), held('d', ['c'])]);
    await roles.clock.advance(10);
    const committed = (): readonly string[] =>
      batches
        .splice(0)
        .flatMap(({ journals }) => journals.flatMap(({ events }) => events))
        .flatMap((event) => (event.type === 'NodeCompleted' ? [event.node_id] : []));
    committed();

    (await handler.call(1)).succeed();
    await roles.clock.advance(3);
    (await handler.call(2)).succeed();
    await roles.clock.advance(1);
    expect(batches).toEqual([]);
    await roles.clock.advance(1);
    expect(batches).toHaveLength(1);
    expect(committed()).toEqual(['a', 'b']);

    // Somebody waits for the end of a pause.
    (await handler.call(3)).succeed();
    await roles.clock.advance(1);
    expect(batches).toEqual([]);
    await roles.hot.stream.append([{ type: 'Pause', executionId: id }]);
    await roles.clock.advance(0);
    expect(batches).toHaveLength(1);
    expect(committed()).toEqual(['c']);

    await roles.hot.stream.append([{ type: 'Resume', executionId: id }]);
    await roles.clock.advance(0);
    (await handler.call(4)).succeed();
    await roles.clock.advance(0);
    expect(committed()).toEqual(['d']);
    expect((await roles.api.status(id)).status).toBe('COMPLETED');
  });

  it('has it written down by an orchestrator that stops', async () => {
    const orchestrator = roles.orchestrator('o');
    const handler = new HeldHandler();
    await roles.worker('w', [handler]);
    const id = await roles.begun([held('a'), held('b', ['a'])]);
    await roles.clock.advance(10);
    (await handler.call(1)).succeed();
    await roles.clock.advance(1);
    await orchestrator.stop();
    expect((await roles.api.status(id)).nodeStatuses.get('a')).toBe('COMPLETED');
  });

  it('never has more tasks than it has room for', async () => {
    roles.orchestrator('o');
    let [running, most] = [0, 0];
    const counting: TaskHandler = {
      name: 'held',
      async run() {
        most = Math.max(most, ++running);
        await roles.clock.sleep(5);
        running -= 1;
        return {};
      },
    };
    for (let n = 0; n < 12; n++) await roles.begun([held('a'), held('b', ['a']), held('c', ['b'])]);
    await roles.worker('w', [counting]);
    await roles.clock.advance(500);
    expect(most).toBe(4);
  });

  it('leaves its room to those that wait when it has no other', async () => {
    roles.orchestrator('o');
    const handler = new HeldHandler();
    await roles.worker('w', [handler]);
    for (let n = 0; n < 4; n++) await roles.begun([held('a'), held('b', ['a'])]);
    await roles.clock.advance(10);
    const first = await handler.call(4).then(() => handler.call());
    await roles.begun([held('waiting')]);
    await roles.clock.advance(10);
    first.succeed();
    await roles.clock.advance(10);
    expect((await handler.call(5)).context.nodeId).toBe('waiting');
  });

  it('has no follow-ups while very many tasks wait', async () => {
    roles.orchestrator('o');
    const many = Array.from({ length: 100 }, (_, n) => held(`w${n}`));
    const crowded = new Set<number>();
    while (crowded.size < PARTITIONS) crowded.add(partitionOf(await roles.begun(many), PARTITIONS));
    await roles.clock.advance(10);
    const id = await roles.begun([held('a'), held('b', ['a'])]);
    await roles.clock.advance(10);
    const sent = await roles.hot.tasks.claim({ worker: 'w', queues: ['default'], limit: 10_000, waitMs: 0 });
    expect(sent.find(({ task }) => task.executionId === id)?.task).not.toHaveProperty('scope');
  });

  it('stops when the execution is cancelled', async () => {
    roles.orchestrator('o');
    const handler = new HeldHandler();
    await roles.worker('w', [handler]);
    const id = await roles.begun([held('a'), held('b', ['a']), held('c', ['b'])]);
    await roles.clock.advance(10);
    (await handler.call()).succeed();
    const b = await handler.call(2);
    await roles.api.cancel(id);
    await roles.clock.advance(10);
    expect(b.context.signal.aborted).toBe(true);
    b.succeed();
    await roles.clock.advance(10);
    expect(handler.calls).toHaveLength(2);
    expect((await roles.api.status(id)).status).toBe('CANCELLED');
  });

  it('starts nothing more while the execution is paused', async () => {
    roles.orchestrator('o');
    const handler = new HeldHandler();
    await roles.worker('w', [handler]);
    const id = await roles.begun([held('a'), held('b', ['a'])]);
    await roles.clock.advance(10);
    const a = await handler.call();
    await roles.api.pause(id);
    await roles.clock.advance(10);
    a.succeed();
    await roles.clock.advance(100);
    expect(handler.calls).toHaveLength(1);
    await roles.api.resume(id);
    await roles.clock.advance(10);
    (await handler.call(2)).succeed();
    await roles.clock.advance(10);
    expect((await roles.api.status(id)).status).toBe('COMPLETED');
  });

  it('loses what it went on with to another one when it dies', async () => {
    const owner = roles.orchestrator('o');
    roles.reaper();
    const id = await roles.begun([held('a'), held('b', ['a'], { from: '${a.output}' })]);
    await roles.clock.advance(10);
    const claim = { worker: 'dead', queues: ['default'], limit: 1, waitMs: 0 };
    const [a] = await roles.hot.tasks.claim(claim);
    const done = { type: 'TaskSucceeded', executionId: id, nodeId: 'a', attempt: 1, output: 'done' } as const;
    const outcome = { ...done, report: { worker: 'dead' } };
    const goneOn = await roles.hot.tasks.settle('dead', [
      { receipt: a?.receipt ?? '', outcome, goesOn: true },
    ]);
    expect(goneOn).toHaveLength(1);
    // Whoever owns the execution next finds what the worker went on with.
    await owner.stop();
    roles.orchestrator('next');
    const handler = new HeldHandler();
    await roles.worker('alive', [handler]);
    await roles.clock.advance(4 * LEASE_MS);
    const b = await handler.call();
    expect(b.config).toEqual({ from: 'done' });
    b.succeed();
    await roles.clock.advance(10);
    expect((await roles.api.node(id, 'b')).attempts).toMatchObject([{ attempt: 1, deliveries: 2 }]);
  });
});

function watching(store: ExecutionStore, onCommit: (batch: CommitBatch) => void): ExecutionStore {
  return new Proxy(store, {
    get(target, name: keyof ExecutionStore) {
      if (name !== 'commit') return target[name].bind(target);
      return (...[lease, batch]: Parameters<ExecutionStore['commit']>) => {
        onCommit(batch);
        return target.commit(lease, batch);
      };
    },
  });
}
