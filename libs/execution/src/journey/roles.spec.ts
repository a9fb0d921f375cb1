import type { Json, NodeDefinition } from '@workflow-engine/dag';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { HeldHandler, aborted, echo, inMemoryRecord } from '../../testing/engines';
import { VirtualClock, settled } from '../../testing/virtual-clock';
import { control, task, workflowOf } from '../../testing/workflows';
import type { Command } from '../decider/commands';
import { inMemoryHotPorts } from '../embedded/in-memory-hot-ports';
import type { HotPorts } from '../embedded/in-memory-hot-ports';
import { UnavailableError } from '../errors';
import { partitionOf } from '../partition';
import type { CommitBatch } from '../ports/execution-store';
import { silentLog } from '../ports/log';
import type { PartitionLease } from '../ports/partition-leases';
import type { TaskHandler } from '../ports/task-handler';
import { Archiver } from './archiver';
import { createEngineApi } from './create-engine-api';
import type { EngineApi } from './engine-api';
import { Orchestrator } from './orchestrator';
import { PartitionWriter } from './partition-writer';
import { Reaper } from './reaper';
import { Worker } from './worker';
import { Workflows } from './workflows';

const [PARTITIONS, LEASE_MS] = [2, 3000];

describe('roles', () => {
  let clock: VirtualClock;
  let hot: HotPorts;
  let api: EngineApi;
  let errors: string[];
  let stops: (() => Promise<void>)[];

  beforeEach(() => {
    clock = new VirtualClock();
    hot = inMemoryHotPorts(clock, PARTITIONS);
    errors = [];
    stops = [];
    repositories = inMemoryRecord(clock);
    api = createEngineApi(ports());
  });
  afterEach(async () => {
    for (const stop of stops) {
      const stopping = stop();
      await clock.advance(10_000);
      await stopping;
    }
  });

  let repositories: ReturnType<typeof inMemoryRecord>;

  function ports(overrides: Partial<HotPorts> = {}) {
    const log = { ...silentLog, error: (message: string) => void errors.push(message) };
    const handlers = { find: (name: string) => ({ name }), names: () => [] };
    const schemas = { check: () => [], checkSchema: () => [] };
    return { ...hot, ...repositories, ...overrides, clock, random: () => 0.5, log, handlers, schemas };
  }

  function orchestrator(owner: string, overrides: Partial<HotPorts> = {}): Orchestrator {
    const role = new Orchestrator(ports(overrides), { owner, partitions: PARTITIONS, leaseMs: LEASE_MS });
    role.start();
    stops.push(() => role.stop());
    return role;
  }

  async function worker(id: string, handlers: readonly TaskHandler[], graceMs = 0): Promise<Worker> {
    const known = new Map(handlers.map((handler) => [handler.name, handler]));
    const options = { id, queues: ['default'], concurrency: 4, leaseMs: LEASE_MS, graceMs };
    const role = new Worker({ ...ports(), handlers: known, secrets: { find: () => undefined } }, options);
    await role.start();
    stops.push(() => role.stop());
    return role;
  }

  function reaper(): void {
    const role = new Reaper(ports(), { leaseMs: LEASE_MS });
    role.start();
    stops.push(() => role.stop());
  }

  async function begun(nodes: readonly NodeDefinition[]): Promise<string> {
    const { id } = await api.submit(workflowOf(nodes));
    await api.trigger(id, {});
    return id;
  }

  const heldTask = (id: string, dependencies: readonly string[] = []): NodeDefinition =>
    task(id, dependencies, { handler: 'held' });

  describe('workers', () => {
    it('that die with a task lose it to another, as another delivery', async () => {
      orchestrator('o');
      reaper();
      const id = await begun([heldTask('a')]);
      await clock.advance(10);
      const dead = await hot.tasks.claim({ worker: 'dead', queues: ['default'], limit: 1, waitMs: 0 });
      expect(dead).toHaveLength(1);
      const held = new HeldHandler();
      await worker('alive', [held]);
      await clock.advance(3 * LEASE_MS);
      (await held.call()).succeed('alive');
      await clock.advance(10);
      expect((await api.status(id)).status).toBe('COMPLETED');
      expect((await api.node(id, 'a')).attempts).toMatchObject([
        { attempt: 1, deliveries: 2, worker: 'alive' },
      ]);
    });

    it('that come back from the dead may win, and then nobody runs it any more', async () => {
      orchestrator('o');
      reaper();
      const id = await begun([heldTask('a')]);
      await clock.advance(10);
      const [claimed] = await hot.tasks.claim({ worker: 'zombie', queues: ['default'], limit: 1, waitMs: 0 });
      const held = new HeldHandler();
      await worker('alive', [held]);
      await clock.advance(3 * LEASE_MS);
      const running = await held.call();
      const outcome = { type: 'TaskSucceeded', executionId: id, nodeId: 'a', attempt: 1 } as const;
      await hot.tasks.settle('zombie', [
        {
          receipt: claimed?.receipt ?? '',
          outcome: { ...outcome, output: 'zombie', report: { worker: 'zombie' } },
        },
      ]);
      await clock.advance(10);
      await aborted(running.context.signal);
      running.succeed('alive');
      await clock.advance(10);
      expect((await api.results(id)).outputs.get('a')).toBe('zombie');
    });

    it('whose claim was lost stop the handler and keep its outcome to themselves', async () => {
      orchestrator('o');
      const held = new HeldHandler();
      await worker('w', [held]);
      const id = await begun([heldTask('a')]);
      await clock.advance(10);
      const call = await held.call();
      await hot.tasks.reclaimStalled(0, 10);
      await clock.advance(LEASE_MS);
      expect(call.context.signal.aborted).toBe(true);
      call.succeed('mine?');
      (await held.call(2)).succeed('yours');
      await clock.advance(10);
      expect((await api.results(id)).outputs.get('a')).toBe('yours');
    });

    it('that stop hand running tasks to others, as the same delivery', async () => {
      orchestrator('o');
      const [first, second] = [new HeldHandler(), new HeldHandler()];
      const leaving = await worker('leaving', [first], 1000);
      const id = await begun([heldTask('a'), heldTask('b')]);
      await clock.advance(10);
      const [slow, quick] = [await first.call(1), await first.call(2)];
      await worker('staying', [second]);
      const stopping = leaving.stop();
      quick.succeed('within grace');
      await clock.advance(999);
      expect(slow.context.signal.aborted).toBe(false);
      await clock.advance(1);
      await stopping;
      expect(slow.context.signal.aborted).toBe(true);
      (await second.call()).succeed('handed over');
      await clock.advance(10);
      expect((await api.status(id)).status).toBe('COMPLETED');
      expect(second.calls).toHaveLength(1);
      expect((await api.node(id, 'a')).attempts).toMatchObject([{ deliveries: 1, worker: 'staying' }]);
    });

    it('deliver outcomes when the queue is back', async () => {
      orchestrator('o');
      const id = await begun([task('a', [], { handler: 'echo' })]);
      let refusals = 3;
      const settle = hot.tasks.settle.bind(hot.tasks);
      hot.tasks.settle = async (...settled) => {
        if (refusals-- > 0) throw new UnavailableError('away');
        return settle(...settled);
      };
      await worker('w', [echo]);
      await clock.advance(LEASE_MS);
      expect((await api.status(id)).status).toBe('COMPLETED');
    });
  });

  describe('orchestrators', () => {
    it('take over from one that stops, at once', async () => {
      const first = orchestrator('first');
      const held = new HeldHandler();
      await worker('w', [held]);
      const id = await begun([heldTask('a'), heldTask('b', ['a'])]);
      await clock.advance(10);
      orchestrator('second');
      await clock.advance(10);
      await first.stop();
      (await held.call(1)).succeed();
      await clock.advance(LEASE_MS / 3);
      (await held.call(2)).succeed();
      await clock.advance(10);
      expect((await api.status(id)).status).toBe('COMPLETED');
      expect(held.calls).toHaveLength(2);
    });

    it('that were away too long write nothing and come back in good order', async () => {
      const held = new HeldHandler();
      await worker('w', [held]);
      // Its renewals do not get through, so it lives on borrowed time.
      const leases = Object.create(hot.leases) as HotPorts['leases'];
      leases.renew = async (held: readonly PartitionLease[]) => held;
      orchestrator('cut-off', { leases });
      const ids = [await begun([heldTask('a'), heldTask('b', ['a'])])];
      await clock.advance(10);
      orchestrator('second');
      (await held.call(1)).succeed();
      await clock.advance(5 * LEASE_MS);
      (await held.call(2)).succeed();
      await clock.advance(5 * LEASE_MS);
      for (const id of ids) {
        expect((await api.status(id)).status).toBe('COMPLETED');
        const seqs = (await api.events(id, 0, 100)).map(({ seq }) => seq);
        expect(seqs).toEqual(seqs.map((_, index) => index + 1));
      }
      expect(held.calls).toHaveLength(2);
    });

    it('do a turn again whose commit failed, and decide nothing twice', async () => {
      let refusals = 4;
      const store = Object.create(hot.store) as HotPorts['store'];
      store.commit = async (lease, batch) => {
        if (refusals-- > 0) throw new UnavailableError('away');
        return hot.store.commit(lease, batch);
      };
      orchestrator('o', { store });
      await worker('w', [echo]);
      const id = await begun([task('a', [], { handler: 'echo' }), task('b', ['a'], { handler: 'echo' })]);
      await clock.advance(5000);
      expect((await api.status(id)).status).toBe('COMPLETED');
      expect((await api.events(id, 0, 100)).filter(({ type }) => type === 'NodeScheduled')).toHaveLength(2);
    });

    it('let a slow partition finish its turn before the next one, whatever became of another', async () => {
      let [inFlight, most, failures] = [0, 0, 1];
      let open: () => void = () => undefined;
      const gate = new Promise<void>((resolve) => (open = resolve));
      const store = Object.create(hot.store) as HotPorts['store'];
      store.commit = async (lease: PartitionLease, batch: CommitBatch) => {
        if (lease.partition === 0 && failures-- > 0) throw new UnavailableError('away');
        if (lease.partition === 1) {
          inFlight += 1;
          most = Math.max(most, inFlight);
          await gate;
          inFlight -= 1;
        }
        return hot.store.commit(lease, batch);
      };
      await worker('w', [echo]);
      const ids: string[] = [];
      while (new Set(ids.map((id) => partitionOf(id, PARTITIONS))).size < PARTITIONS) {
        ids.push(await begun([task('a', [], { handler: 'echo' })]));
      }
      orchestrator('o', { store });
      await clock.advance(LEASE_MS / 2);
      open();
      await clock.advance(LEASE_MS);
      for (const id of ids) expect((await api.status(id)).status).toBe('COMPLETED');
      expect(most).toBe(1);
    });
  });

  it('the archiver tries again, in order, and archives what is left when it stops', async () => {
    orchestrator('o');
    await worker('w', [echo]);
    let refusals = 2;
    const { executions } = repositories;
    const archive = executions.archive.bind(executions);
    executions.archive = async (entries) => {
      if (refusals-- > 0) throw new UnavailableError('away');
      return archive(entries);
    };
    const archiver = new Archiver(ports(), { owner: 'a', partitions: PARTITIONS, leaseMs: LEASE_MS });
    archiver.start();
    const id = await begun([task('a', [], { handler: 'echo' })]);
    await clock.advance(10);
    expect(await hot.outbox.lag()).toBeGreaterThan(0);
    await clock.advance(1000);
    expect(await hot.outbox.lag()).toBe(0);
    expect(await executions.find(id)).toMatchObject({ status: 'COMPLETED' });
    const last = await begun([task('a', [], { handler: 'echo' })]);
    await settled();
    await archiver.stop();
    expect(await executions.find(last)).toMatchObject({ status: 'COMPLETED' });
  });

  describe('a command that cannot be handled', () => {
    /** Looks like JSON until somebody looks into it. */
    const poison = {
      get trap(): Json {
        throw new Error('poison');
      },
    };

    async function aWriter() {
      const lease = await hot.leases.acquire(0, 'writer', 1e9);
      if (lease === undefined) throw new Error('the partition is free');
      await hot.store.resume(lease, 0);
      return new PartitionWriter(lease, 0, new Workflows(repositories.definitions), ports());
    }

    async function triggers(nodes: readonly NodeDefinition[], count: number): Promise<readonly Command[]> {
      const { workflowId, version } = await api.register(workflowOf(nodes));
      return Array.from({ length: count }, (_, index) => {
        return { type: 'Trigger', executionId: `e${index}`, workflowId, version, input: {} } as const;
      });
    }

    const done = (executionId: string, nodeId: string, output: Json): Command => {
      return { type: 'TaskSucceeded', executionId, nodeId, attempt: 1, output, report: { worker: 'w' } };
    };

    const story = async (id: string): Promise<readonly string[]> =>
      ((await hot.store.read(id, 0)) ?? []).map((event) =>
        'node_id' in event ? `${event.type} ${event.node_id}` : event.type,
      );

    it('is set aside, and takes nothing of its turn with it', async () => {
      const writer = await aWriter();
      const commands = [
        ...(await triggers([task('a'), task('b'), control('out', 'output', ['a', 'b'])], 2)),
        done('e0', 'a', 1),
        done('e0', 'b', poison),
        done('e1', 'a', 2),
        done('e1', 'b', 3),
      ];
      expect(await writer.handle({ commands, offset: '6', timers: [] })).toBe('committed');

      expect(errors).toEqual(['a command was set aside']);
      expect(await hot.store.progress(0)).toMatchObject({ offset: '6', turn: 1 });
      expect((await story('e0')).slice(-1)).toEqual(['NodeCompleted a']);
      expect((await story('e1')).slice(-1)).toEqual(['ExecutionCompleted']);
      await writer.handle({ commands: [done('e0', 'b', 4)], offset: '7', timers: [] });
      expect((await story('e0')).slice(-1)).toEqual(['ExecutionCompleted']);
      expect(await hot.tasks.depths()).toMatchObject([{ queue: 'default', waiting: 4, claimed: 0 }]);
    });

    it('does not fire for ever when it is a timer', async () => {
      const writer = await aWriter();
      const nodes = [
        task('a'),
        control('wait', 'delay', [], { config: { duration: 5 } }),
        control('out', 'output', ['a', 'wait']),
      ];
      const commands = [...(await triggers(nodes, 1)), done('e0', 'a', poison)];
      await writer.handle({ commands, offset: '1', timers: [] });
      await clock.advance(5000);
      const { due } = await hot.store.timersDue([0], clock.now(), 10);
      expect(due).toHaveLength(1);
      await writer.handle({ commands: [], offset: undefined, timers: due });
      expect(errors).toEqual(['a command was set aside']);
      expect(await hot.store.timersDue([0], clock.now(), 10)).toEqual({ due: [], nextDueAt: undefined });
      expect((await story('e0')).slice(-1)).toEqual(['NodeCompleted a']);
    });

    it('for an execution that nobody knows is dropped', async () => {
      const writer = await aWriter();
      const commands: Command[] = [
        { type: 'Pause', executionId: 'nobody' },
        { type: 'Trigger', executionId: 'e', workflowId: 'none', version: 1, input: {} },
        ...(await triggers([task('a')], 1)),
      ];
      expect(await writer.handle({ commands, offset: '3', timers: [] })).toBe('committed');
      expect(await story('e0')).toEqual(['ExecutionStarted', 'NodeScheduled a']);
      expect(await hot.store.read('e', 0)).toBeUndefined();
    });
  });
});
