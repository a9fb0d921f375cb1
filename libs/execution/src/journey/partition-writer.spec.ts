import type { Json, NodeDefinition } from '@workflow-engine/dag';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { PARTITIONS, RolesUnderTest } from '../../testing/roles';
import { control, task, workflowOf } from '../../testing/workflows';
import type { Command } from '../decider/commands';
import { UnavailableError } from '../errors';
import { partitionOf } from '../partition';
import { PartitionWriter } from './partition-writer';
import type { Inbox } from './partition-writer';
import { Workflows } from './workflows';

describe('a command that cannot be handled', () => {
  let roles: RolesUnderTest;
  beforeEach(() => void (roles = new RolesUnderTest()));
  afterEach(() => roles.stop());

  /** Looks like JSON until somebody looks into it. */
  const poison = {
    get trap(): Json {
      throw new Error('poison');
    },
  };

  async function aWriter() {
    const lease = await roles.hot.leases.acquire(0, 'writer', 1e9);
    if (lease === undefined) throw new Error('the partition is free');
    await roles.hot.store.resume(lease, 0);
    return new PartitionWriter(lease, 0, new Workflows(roles.record.definitions), roles.ports());
  }

  async function triggers(nodes: readonly NodeDefinition[], count: number): Promise<readonly Command[]> {
    const { workflowId, version } = await roles.api.register(workflowOf(nodes));
    return Array.from({ length: count }, (_, index) => {
      return { type: 'Trigger', executionId: `e${index}`, workflowId, version, input: {} } as const;
    });
  }

  const done = (executionId: string, nodeId: string, output: Json): Command => {
    return { type: 'TaskSucceeded', executionId, nodeId, attempt: 1, output, report: { worker: 'w' } };
  };

  const story = async (id: string): Promise<readonly string[]> =>
    ((await roles.hot.store.read(id, 0)) ?? []).map((event) =>
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

    expect(roles.errors).toEqual(['a command was set aside']);
    expect(await roles.hot.store.progress(0)).toMatchObject({ offset: '6', turn: 1 });
    expect((await story('e0')).slice(-1)).toEqual(['NodeCompleted a']);
    expect((await story('e1')).slice(-1)).toEqual(['ExecutionCompleted']);
    await writer.handle({ commands: [done('e0', 'b', 4)], offset: '7', timers: [] });
    expect((await story('e0')).slice(-1)).toEqual(['ExecutionCompleted']);
    expect(await roles.hot.tasks.depths()).toMatchObject([{ queue: 'default', waiting: 4, claimed: 0 }]);
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
    await roles.clock.advance(5000);
    const { due } = await roles.hot.store.timersDue([0], roles.clock.now(), 10);
    expect(due).toHaveLength(1);
    await writer.handle({ commands: [], offset: undefined, timers: due });
    expect(roles.errors).toEqual(['a command was set aside']);
    expect(await roles.hot.store.timersDue([0], roles.clock.now(), 10)).toEqual({
      due: [],
      nextDueAt: undefined,
    });
    expect((await story('e0')).slice(-1)).toEqual(['NodeCompleted a']);
  });

  it('for an execution that nobody knows is dropped', async () => {
    const writer = await aWriter();
    const commands: Command[] = [
      { type: 'Pause', executionId: 'nobody' },
      ...(await triggers([task('a')], 1)),
    ];
    expect(await writer.handle({ commands, offset: '3', timers: [] })).toBe('committed');
    expect(await story('e0')).toEqual(['ExecutionStarted', 'NodeScheduled a']);
    expect(await roles.hot.store.read('nobody', 0)).toBeUndefined();
  });

  it('because it builds on one that is yet to come comes again', async () => {
    const writer = await aWriter();
    const commands = [...(await triggers([task('a'), task('b', ['a'])], 1)), done('e0', 'b', 2)];
    const turn = writer.handle({ commands, offset: '0', timers: [] });
    await roles.clock.advance(1_000);
    expect(await turn).toBe('committed');
    expect((await story('e0')).slice(-1)).toEqual(['NodeScheduled a']);
    const after = new Map([0, 1].map((partition) => [partition, undefined]));
    const entries = await roles.hot.stream.read({ after, limit: 10, waitMs: 0 });
    const again = entries.flatMap((entry) => entry.commands);
    expect(again).toEqual([done('e0', 'b', 2)]);
    const before: Command = { ...done('e0', 'a', 1), followedUp: true } as Command;
    await writer.handle({ commands: [...again, before], offset: '2', timers: [] });
    expect((await story('e0')).slice(-1)).toEqual(['ExecutionCompleted']);
  });

  describe('because the system of record is away', () => {
    /** Handled with nothing in memory, while the archive cannot be read. */
    async function handledWhileAway(inbox: Omit<Inbox, 'offset'>): Promise<string> {
      const ports = roles.ports();
      const executions = Object.create(ports.executions) as typeof ports.executions;
      executions.journals = () => Promise.reject(new UnavailableError('away'));
      const lease = await roles.hot.leases.acquire(0, 'writer', 1e9);
      if (lease === undefined) throw new Error('the partition is free');
      const { turn } = await roles.hot.store.progress(0);
      const workflows = new Workflows(roles.record.definitions);
      const writer = new PartitionWriter(lease, turn, workflows, { ...ports, executions });
      const handled = writer.handle({ ...inbox, offset: '2' });
      await roles.clock.advance(1000);
      return handled;
    }

    it('waits, in its order, and holds up none that needs nothing of it', async () => {
      await (await aWriter()).handle({ commands: await triggers([task('a')], 1), offset: '1', timers: [] });
      const lost: readonly Command[] = [
        { type: 'Pause', executionId: 'lost' },
        { type: 'Resume', executionId: 'lost' },
      ];
      const commands = [done('e0', 'a', 1), ...lost];
      expect(await handledWhileAway({ commands, timers: [] })).toBe('committed');

      expect((await story('e0')).slice(-1)).toEqual(['ExecutionCompleted']);
      const partition = partitionOf('lost', PARTITIONS);
      const after = new Map([[partition, undefined]]);
      const entries = await roles.hot.stream.read({ after, limit: 10, waitMs: 0 });
      expect(entries.flatMap((entry) => entry.commands)).toEqual(lost);
      expect(roles.errors).toEqual([]);
    });

    it('stays in the store when it is a timer', async () => {
      const nodes = [control('wait', 'delay', [], { config: { duration: 5 } })];
      await (await aWriter()).handle({ commands: await triggers(nodes, 1), offset: '1', timers: [] });
      await roles.clock.advance(5000);
      const { due } = await roles.hot.store.timersDue([0], roles.clock.now(), 10);
      const lost: Command = { type: 'Pause', executionId: 'lost' };
      const timers = [{ executionId: 'lost', nodeId: 'wait', dueAt: 1 }, ...due];
      expect(await handledWhileAway({ commands: [lost], timers })).toBe('committed');
      expect((await roles.hot.store.timersDue([0], roles.clock.now(), 10)).due).toEqual(due);
    });
  });
});

describe('a turn with very many events', () => {
  it('lets others have their turn in between', async () => {
    const roles = new RolesUnderTest();
    const lease = await roles.hot.leases.acquire(0, 'writer', 1e9);
    if (lease === undefined) throw new Error('the partition is free');
    await roles.hot.store.resume(lease, 0);
    const writer = new PartitionWriter(lease, 0, new Workflows(roles.record.definitions), roles.ports());
    const wide = workflowOf(Array.from({ length: 600 }, (_, index) => task(`n${index}`)));
    const { workflowId, version } = await roles.api.register(wide);
    const commands = Array.from({ length: 10 }, (_, index) => {
      return { type: 'Trigger', executionId: `e${index}`, workflowId, version, input: {} } as const;
    });

    let turns = 0;
    const counting = setInterval(() => (turns += 1), 0);
    expect(await writer.handle({ commands, offset: '1', timers: [] })).toBe('committed');
    clearInterval(counting);
    expect(turns).toBeGreaterThan(0);
    await roles.stop();
  });
});
