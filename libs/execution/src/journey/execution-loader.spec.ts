import type { NodeDefinition } from '@workflow-engine/dag';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { echo } from '../../testing/engines';
import { RolesUnderTest } from '../../testing/roles';
import { control, task, workflowOf } from '../../testing/workflows';
import type { Command, Trigger } from '../decider/commands';
import type { JournalEvent } from '../decider/events';
import type { RegisteredDefinition } from '../ports/definition-repository';
import type { CommitBatch } from '../ports/execution-store';
import { JournalSection } from '../journal-section';
import { archiveEntry } from './archive-entry';
import type { PartitionLease } from '../ports/partition-leases';
import { PartitionWriter } from './partition-writer';
import { Workflows } from './workflows';

describe('the writer of a partition', () => {
  let roles: RolesUnderTest;
  let offset: number;
  /** Executions whose journal the archive was asked for. */
  let asked: string[];
  let archivedOnly: Set<string>;
  let onRead: (id: string) => Promise<void> | void;
  let lastBatch: CommitBatch | undefined;
  let lease: PartitionLease | undefined;
  beforeEach(() => {
    roles = new RolesUnderTest();
    offset = 0;
    asked = [];
    archivedOnly = new Set();
    onRead = () => undefined;
    lastBatch = undefined;
    lease = undefined;
  });
  afterEach(() => roles.stop());

  async function aWriter(maxNodes?: number): Promise<PartitionWriter> {
    const held = await roles.hot.leases.acquire(0, 'writer', 1e9);
    if (held === undefined) throw new Error('the partition is free');
    const ports = roles.ports();
    const executions = Object.create(ports.executions) as typeof ports.executions;
    executions.journals = async (ids) => {
      asked.push(...ids);
      return ports.executions.journals(ids);
    };
    const store = Object.create(ports.store) as typeof ports.store;
    store.read = async (id, after) => {
      await onRead(id);
      return archivedOnly.has(id) ? undefined : ports.store.read(id, after);
    };
    store.commit = async (lease, batch) => {
      lastBatch = batch;
      return ports.store.commit(lease, batch);
    };
    const workflows = new Workflows(ports.definitions);
    await ports.executions.beginTimeline(held, 0);
    await store.resume(held, 0);
    lease = held;
    return new PartitionWriter(held, 0, workflows, { ...ports, executions, store }, maxNodes);
  }

  const handle = async (writer: PartitionWriter, ...commands: readonly Command[]): Promise<void> => {
    offset += commands.length;
    expect(await writer.handle({ commands, offset: String(offset), timers: [] })).toBe('committed');
  };

  const journal = async (id: string): Promise<readonly JournalEvent[]> =>
    (await roles.hot.store.read(id, 0)) ?? [];

  const story = async (id: string): Promise<readonly string[]> =>
    (await journal(id)).map((event) => ('node_id' in event ? `${event.type} ${event.node_id}` : event.type));

  /** An execution that is accepted; its trigger is not sent yet. */
  async function accepted(nodes: readonly NodeDefinition[]): Promise<Trigger> {
    const { id } = await roles.api.submit(workflowOf(nodes));
    const acceptedAt = new Date(roles.clock.now()).toISOString();
    const result = await roles.record.executions.trigger(id, { n: 1 }, acceptedAt);
    if (result.outcome !== 'triggered') throw new Error(result.outcome);
    const { workflowId, version, input } = result.execution;
    return { type: 'Trigger', executionId: id, workflowId, version, input, acceptedAt };
  }

  const done = (executionId: string, nodeId: string): Command => {
    const report = { worker: 'w' };
    return { type: 'TaskSucceeded', executionId, nodeId, attempt: 1, output: {}, report };
  };

  /** Its journal is archived, and the hot store has forgotten it. */
  async function dropped(executionId: string): Promise<void> {
    const events = await journal(executionId);
    const position = { partition: 0, timeline: lease?.epoch ?? 0, turn: 1 };
    const slice = {
      executionId,
      section: JournalSection.of(events),
      terminal: true,
      position,
      committedAt: 0,
    };
    await roles.record.executions.archive([archiveEntry(slice)]);
    archivedOnly.add(executionId);
  }

  /** Another writer has run it to its end, and is gone. */
  async function ranElsewhere(trigger: Trigger): Promise<void> {
    const other = await aWriter();
    await handle(other, trigger, done(trigger.executionId, 'a'));
    await dropped(trigger.executionId);
    await roles.hot.leases.release([other.lease], 'writer');
  }

  it('reads all executions of an inbox that it does not hold side by side', async () => {
    const writer = await aWriter();
    const triggers = await Promise.all([1, 2, 3].map(() => accepted([task('a')])));
    const outcomes = triggers.map(({ executionId }) => done(executionId, 'a'));
    const read: string[] = [];
    let answer: () => void = () => undefined;
    const allAsked = new Promise<void>((resolve) => (answer = resolve));
    onRead = (id) => {
      if (read.push(id) === triggers.length) answer();
      return allAsked;
    };
    await handle(writer, ...outcomes, ...outcomes);
    expect(read).toEqual(triggers.map(({ executionId }) => executionId));
  });

  it('reads no journals of executions that are new', async () => {
    const writer = await aWriter();
    const again = await accepted([task('a')]);
    await handle(writer, again);
    const read: string[] = [];
    onRead = (id) => void read.push(id);
    await roles.hot.leases.release([writer.lease], 'writer');
    await handle(await aWriter(), again, await accepted([task('a')]), await accepted([task('a')]));
    expect(read).toEqual([again.executionId]);
  });

  describe('takes a trigger', () => {
    it('that came twice, after its execution is over and archived, for what it is', async () => {
      const writer = await aWriter();
      await roles.clock.advance(60_000);
      const trigger = await accepted([task('a')]);
      await handle(writer, trigger, done(trigger.executionId, 'a'));
      await dropped(trigger.executionId);
      await handle(writer, trigger);
      expect(lastBatch).toMatchObject({ journals: [], tasks: [] });
    });

    it('that is late, after another writer has run its execution, for what it is', async () => {
      const trigger = await accepted([task('a')]);
      await ranElsewhere(trigger);
      await roles.clock.advance(60_000);
      await handle(await aWriter(), trigger);
      expect(lastBatch).toMatchObject({ journals: [], tasks: [] });
    });

    it('that was there before the writer for what it is, however far ahead the clock of its api was', async () => {
      const acceptedAt = new Date(roles.clock.now() + 3_600_000).toISOString();
      const trigger = { ...(await accepted([task('a')])), acceptedAt };
      await ranElsewhere(trigger);
      const second = await aWriter();
      await second.handle({ commands: [trigger], offset: '9', timers: [], isBacklog: true });
      expect(lastBatch).toMatchObject({ journals: [], tasks: [] });
    });

    it('that is late, from an api whose clock is ahead, for what it is', async () => {
      const acceptedAt = new Date(roles.clock.now() + 3_600_000).toISOString();
      const trigger = { ...(await accepted([task('a')])), acceptedAt };
      await ranElsewhere(trigger);
      await roles.clock.advance(60_000);
      await handle(await aWriter(), trigger);
      expect(lastBatch).toMatchObject({ journals: [], tasks: [] });
    });

    it('that comes first without a look into the archive', async () => {
      const writer = await aWriter();
      await roles.clock.advance(60_000);
      const trigger = await accepted([task('a')]);
      await handle(writer, trigger);
      expect(await story(trigger.executionId)).toEqual(['ExecutionStarted', 'NodeScheduled a']);
      expect(asked).toEqual([]);
    });
  });

  describe('starts an execution that was accepted', () => {
    it('before it cancels it, though the trigger comes later; no task of it gets to a worker', async () => {
      const trigger = await accepted([task('a'), task('b', ['a'])]);
      const { executionId } = trigger;
      const writer = await aWriter();
      await handle(writer, { type: 'Cancel', executionId, reason: 'not today' });
      expect(lastBatch).toMatchObject({ tasks: [], revoked: [] });
      expect((await story(executionId)).at(-1)).toBe('ExecutionCancelled');
      expect(await journal(executionId)).toMatchObject([
        { type: 'ExecutionStarted', input: { n: 1 } },
        {},
        {},
      ]);
      const { length } = await journal(executionId);
      await handle(writer, trigger, { ...trigger, recover: true });
      expect(await journal(executionId)).toHaveLength(length);
    });

    it('before it pauses it', async () => {
      const { executionId, ...trigger } = await accepted([control('in', 'input'), task('b', ['in'])]);
      const writer = await aWriter();
      await handle(writer, { type: 'Pause', executionId }, { ...trigger, executionId });
      expect((await story(executionId)).at(-1)).toBe('ExecutionPaused');
    });

    it('but not one that was never triggered, or is over', async () => {
      const { id } = await roles.api.submit(workflowOf([task('a')]));
      const writer = await aWriter();
      await handle(writer, { type: 'Cancel', executionId: id });
      await roles.record.executions.cancelPending(id, new Date().toISOString());
      await handle(writer, { type: 'Cancel', executionId: id });
      expect(await roles.hot.store.read(id, 0)).toBeUndefined();
    });
  });

  describe('ends an execution whose definition cannot be used any more', () => {
    let usable: boolean;
    beforeEach(() => {
      usable = true;
      const { definitions } = roles.record;
      const find = definitions.find.bind(definitions);
      definitions.find = async (workflowId, version) => {
        const found = await find(workflowId, version);
        if (usable || found === undefined) return found;
        const unheardOf = { ...found.definition, output: '${ no.longer( }' };
        return { ...found, definition: unheardOf } satisfies RegisteredDefinition;
      };
    });

    it('before it began', async () => {
      const trigger = await accepted([task('a')]);
      usable = false;
      await handle(await aWriter(), trigger);
      expect(await story(trigger.executionId)).toEqual(['ExecutionStarted', 'ExecutionFailed']);
      expect((await journal(trigger.executionId)).at(-1)).toMatchObject({
        error: { code: 'DEFINITION_UNUSABLE' },
      });
    });

    it('with its tasks and timers, and people can see and retry it', async () => {
      const delay = control('delay', 'delay', [], { config: { duration: 3600 } });
      const trigger = await accepted([task('a'), task('b', ['a']), delay]);
      const { executionId } = trigger;
      const first = await aWriter();
      await handle(first, trigger);
      await roles.hot.leases.release([first.lease], 'writer');
      usable = false;
      const second = await aWriter();
      await handle(second, done(executionId, 'a'));
      expect((await story(executionId)).at(-1)).toBe('ExecutionFailed');
      expect(await roles.hot.store.timersDue([0], Infinity, 10)).toMatchObject({ due: [] });
      expect((await roles.hot.tasks.depths()).every(({ waiting }) => waiting === 0)).toBe(true);

      const api = roles.newApi();
      const view = await api.status(executionId);
      expect(view).toMatchObject({ status: 'FAILED', error: { code: 'DEFINITION_UNUSABLE' } });
      expect(Object.fromEntries(view.nodeStatuses)).toEqual({
        a: 'CANCELLED',
        b: 'CANCELLED',
        delay: 'CANCELLED',
      });
      expect(await api.node(executionId, 'a')).toMatchObject({ status: 'CANCELLED' });

      const { length } = await journal(executionId);
      await handle(second, { type: 'Retry', executionId });
      expect(await journal(executionId)).toHaveLength(length);
      usable = true;
      await roles.hot.leases.release([second.lease], 'writer');
      await handle(await aWriter(), { type: 'Retry', executionId });
      expect((await story(executionId)).slice(length)).toEqual([
        'ExecutionRetried',
        'NodeScheduled a',
        'TimerSet delay',
      ]);
    });

    it('or is gone', async () => {
      const trigger: Trigger = {
        type: 'Trigger',
        executionId: 'e',
        workflowId: 'none',
        version: 1,
        input: {},
      };
      await handle(await aWriter(), trigger);
      expect((await journal('e')).at(-1)).toMatchObject({ error: { code: 'DEFINITION_UNUSABLE' } });
    });
  });

  it('keeps a bounded number of executions in memory, and goes on with the others all the same', async () => {
    const writer = await aWriter(300);
    const triggers: Trigger[] = [];
    for (let n = 0; n < 50; n++) triggers.push(await accepted([task('a'), task('b', ['a'])]));
    await handle(writer, ...triggers);
    let reads = 0;
    const read = roles.hot.store.read.bind(roles.hot.store);
    roles.hot.store.read = async (...args) => {
      reads += 1;
      return read(...args);
    };
    for (const { executionId } of triggers) await handle(writer, done(executionId, 'a'));
    expect(reads).toBeGreaterThan(40);
    for (const { executionId } of triggers) await handle(writer, done(executionId, 'b'));
    for (const { executionId } of triggers) {
      expect((await story(executionId)).at(-1)).toBe('ExecutionCompleted');
      expect((await journal(executionId)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    }
  });

  it('does so in a whole engine: cancelled before its trigger was sent, it stays cancelled', async () => {
    roles.orchestrator('o');
    await roles.worker('w', [echo]);
    const { executionId } = await accepted([task('a', [], { handler: 'echo' })]);
    const cancelling = roles.api.cancel(executionId);
    await roles.clock.advance(3000);
    expect(await cancelling).toMatchObject({ status: 'CANCELLED' });
  });
});
