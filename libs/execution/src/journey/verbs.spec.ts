import type { Json, NodeDefinition } from '@workflow-engine/dag';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { HeldHandler, aborted, echo } from '../../testing/engines';
import { VirtualClock } from '../../testing/virtual-clock';
import { control, task, workflowOf } from '../../testing/workflows';
import type { JournalEvent } from '../decider/events';
import type { EmbeddedEngine } from '../embedded/embedded-engine';
import { createInMemoryEngine } from '../embedded/in-memory-engine';
import type { ExecutionView } from './engine-api';
import { IdempotencyConflictError, InvalidDocumentError, NotFoundError, WrongStateError } from '../errors';

const WAIT_MS = 10_000;
const held1 = (id: string, dependencies: readonly string[] = []): NodeDefinition =>
  task(id, dependencies, { handler: 'held', retry: { max_attempts: 1 } });

describe('the verbs of the engine', () => {
  let engine: EmbeddedEngine;
  let held: HeldHandler;

  beforeEach(async () => {
    held = new HeldHandler();
    engine = createInMemoryEngine({ handlers: [echo, held], graceMs: 0 });
    await engine.start();
  });
  afterEach(() => engine.stop());

  async function begun(nodes: readonly NodeDefinition[], input: Json = {}): Promise<string> {
    const { id } = await engine.api.submit(workflowOf(nodes));
    await engine.api.trigger(id, input);
    return id;
  }

  /** A worker may be at the next task before the end of the one before it is known. */
  async function finished(id: string, count: number): Promise<ExecutionView> {
    for (;;) {
      const view = await engine.api.status(id);
      if (view.progress.finished >= count) return view;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  const statusOf = async (id: string): Promise<string> => (await engine.api.wait(id, WAIT_MS)).status;

  describe('submit and trigger', () => {
    it('create an execution that waits, and start it once', async () => {
      const { id } = await engine.api.submit(
        workflowOf([held1('a'), held1('b', ['a'])], { labels: { team: 'x' } }),
      );
      expect(await engine.api.status(id)).toMatchObject({
        executionId: id,
        status: 'PENDING',
        progress: { total: 2, finished: 0, percent: 0 },
        startedAt: null,
      });
      expect(await engine.api.trigger(id, { n: 1 })).toMatchObject({ status: 'RUNNING', input: { n: 1 } });
      await expect(engine.api.trigger(id, {})).rejects.toThrow(WrongStateError);
      (await held.call()).succeed();
      await held.call(2);
      const view = await finished(id, 1);
      expect(view.progress).toEqual({ total: 2, finished: 1, percent: 50 });
      expect([...view.nodeStatuses]).toEqual([
        ['a', 'COMPLETED'],
        ['b', 'SCHEDULED'],
      ]);
    });

    it('refuse what is no definition, with every fault', async () => {
      const document = {
        name: 'x',
        dag: {
          nodes: [
            { id: 'a', handler: 'ecoh' },
            { id: 'a', dependencies: ['z'] },
          ],
        },
      };
      const refusal = engine.api.submit(document);
      await expect(refusal).rejects.toThrow(InvalidDocumentError);
      await expect(refusal).rejects.toMatchObject({ code: 'INVALID_DEFINITION' });
      expect(await engine.api.validate(document)).toMatchObject({ valid: false });
      const unknown = await engine.api.validate(workflowOf([task('a', [], { handler: 'ecoh' })]));
      expect(unknown).toMatchObject({
        faults: [{ code: 'UNKNOWN_HANDLER', pointer: '/dag/nodes/0/handler' }],
      });
      expect(JSON.stringify(unknown)).toContain('Did you mean \\"echo\\"');
    });

    it.each<unknown>([[[1]], ['text'], [7], [{ n: undefined, d: new Date(Number.NaN), big: 1n }]])(
      'refuse %p as an input',
      async (input) => {
        const { id } = await engine.api.submit(workflowOf([held1('a')]));
        await expect(engine.api.trigger(id, input)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
        expect((await engine.api.status(id)).status).toBe('PENDING');
      },
    );

    it('know nothing of strangers', async () => {
      const { api } = engine;
      const calls = [
        api.trigger('nobody', {}),
        api.status('nobody'),
        api.results('nobody'),
        api.node('nobody', 'a'),
        api.events('nobody', 0, 10),
        api.wait('nobody', 10),
        api.cancel('nobody'),
        api.pause('nobody'),
        api.resume('nobody'),
        api.retry('nobody'),
        api.rerun('nobody', 'a'),
        api.deadLetter('nobody'),
        api.retryDeadLetter('nobody'),
        api.discardDeadLetter('nobody'),
        api.definition('nobody'),
        api.definitionVersions('nobody', { limit: 1 }),
        api.start('nobody', [{ input: {} }]),
      ];
      for (const result of await Promise.allSettled(calls)) {
        expect(result).toMatchObject({ status: 'rejected' });
        expect(result.status === 'rejected' && result.reason instanceof NotFoundError).toBe(true);
      }
    });
  });

  describe('start', () => {
    it('creates and triggers in one step, as many as asked', async () => {
      await engine.api.register({
        ...workflowOf([task('a', [], { handler: 'echo', config: { n: '${input.n}' } })]),
        name: 'w',
      });
      const started = await engine.api.start('w', [{ input: { n: 1 } }, { input: { n: 2 } }]);
      const outputs = [];
      for (const { execution } of started) {
        await statusOf(execution.id);
        outputs.push((await engine.api.results(execution.id)).output);
      }
      expect(outputs).toEqual([{ a: { n: 1 } }, { a: { n: 2 } }]);
    });

    it('with a key is idempotent, also when called at the same time', async () => {
      await engine.api.register({ ...workflowOf([task('a', [], { handler: 'echo' })]), name: 'w' });
      const request = { input: { n: 1 }, idempotencyKey: 'k' };
      const answers = await Promise.all([1, 2, 3].map(() => engine.api.start('w', [request])));
      const all = answers.flat();
      expect(new Set(all.map(({ execution }) => execution.id)).size).toBe(1);
      expect(all.filter(({ created }) => created)).toHaveLength(1);
      expect(await statusOf(all[0]?.execution.id ?? '')).toBe('COMPLETED');
      await expect(engine.api.start('w', [{ ...request, input: { n: 2 } }])).rejects.toThrow(
        IdempotencyConflictError,
      );
    });

    it('creates nothing when one of the inputs is refused', async () => {
      await engine.api.register({ ...workflowOf([held1('a')]), name: 'w' });
      await expect(engine.api.start('w', [{ input: {} }, { input: 5 }])).rejects.toMatchObject({
        faults: [{ pointer: '/1/input' }],
      });
      expect((await engine.api.search({ name: 'w' }, { limit: 10 })).items).toEqual([]);
    });
  });

  describe('results, nodes and events', () => {
    it('tell what there is so far, and everything in the end', async () => {
      const id = await begun([
        task('a', [], { handler: 'echo', config: { n: 1 } }),
        held1('b', ['a']),
        task('c', ['b'], { handler: 'echo', config: { got: '${b.output.x}' } }),
      ]);
      const call = await held.call();
      await finished(id, 1);
      const early = await engine.api.results(id);
      expect(early).toMatchObject({ status: 'RUNNING', output: null });
      expect([...early.outputs]).toEqual([['a', { n: 1 }]]);
      call.context.log.info('half way');
      call.succeed({ x: 'y' });
      await statusOf(id);
      expect((await engine.api.results(id)).output).toEqual({ c: { got: 'y' } });

      expect(await engine.api.node(id, 'c')).toMatchObject({
        handler: 'echo',
        status: 'COMPLETED',
        dependencies: ['b'],
        config: { got: 'y' },
        output: { got: 'y' },
        error: null,
      });
      const { attempts, scheduledAt, startedAt, finishedAt } = await engine.api.node(id, 'b');
      expect(attempts).toMatchObject([
        { attempt: 1, deliveries: 1, logs: [{ level: 'info', message: 'half way' }] },
      ]);
      const times = [scheduledAt, startedAt, finishedAt].map((time) => Date.parse(time ?? ''));
      expect(times).toEqual([...times].sort((one, other) => one - other));
      await expect(engine.api.node(id, 'ghost')).rejects.toMatchObject({ code: 'NODE_NOT_FOUND' });
    });

    it('a node that waits for its next attempt has not finished, but says when it goes on', async () => {
      const retry = { max_attempts: 2, interval: 60, jitter: 'none' } as const;
      const id = await begun([task('a', [], { handler: 'held', retry: { ...retry, retry_on: ['*'] } })]);
      const following = engine.api.follow(id, 0, new AbortController().signal);
      (await held.call()).fail(new Error('not yet'));
      for await (const events of following) {
        if (events.some(({ type }) => type === 'RetryScheduled')) break;
      }
      const details = await engine.api.node(id, 'a');
      expect(details).toMatchObject({
        status: 'WAITING',
        finishedAt: null,
        error: { code: 'HANDLER_ERROR' },
      });
      expect(Date.parse(details.dueAt ?? '')).toBeGreaterThan(Date.now());
      expect(details.attempts).toMatchObject([{ attempt: 1, error: { message: 'not yet' } }]);
      const cancelled = await engine.api.cancel(id);
      expect((await engine.api.node(id, 'a')).finishedAt).toBe(cancelled.finishedAt);
    });

    it('page through the journal', async () => {
      const id = await begun([task('a', [], { handler: 'echo' }), task('b', ['a'], { handler: 'echo' })]);
      await statusOf(id);
      const all = await engine.api.events(id, 0, 100);
      expect(all.map(({ seq }) => seq)).toEqual(all.map((_, index) => index + 1));
      expect(all.at(-1)?.type).toBe('ExecutionCompleted');
      expect(await engine.api.events(id, 2, 2)).toEqual(all.slice(2, 4));
      expect(await engine.api.events(id, 1000, 2)).toEqual([]);
    });

    it('follow the journal live from any position, and end with the execution', async () => {
      const id = await begun([held1('a'), held1('b', ['a'])]);
      await held.call();
      const seen: JournalEvent[] = [];
      const following = (async () => {
        for await (const events of engine.api.follow(id, 1, new AbortController().signal))
          seen.push(...events);
      })();
      (await held.call(1)).succeed();
      (await held.call(2)).succeed();
      await following;
      expect(seen).toEqual((await engine.api.events(id, 0, 100)).slice(1));
      const after = [];
      for await (const events of engine.api.follow(id, 0, new AbortController().signal))
        after.push(...events);
      expect(after).toHaveLength(seen.length + 1);
    });

    it('stop following when the reader leaves', async () => {
      const id = await begun([held1('a')]);
      await held.call();
      const leave = new AbortController();
      const batches = [];
      for await (const events of engine.api.follow(id, 0, leave.signal)) {
        batches.push(events);
        leave.abort();
      }
      expect(batches).toHaveLength(1);
    });

    it('wait no longer than they are asked to, or may', async () => {
      const id = await begun([held1('a')]);
      await held.call();
      expect((await engine.api.wait(id, 0)).status).toBe('RUNNING');
      expect((await engine.api.wait(id, WAIT_MS, AbortSignal.abort())).status).toBe('RUNNING');
      const leave = new AbortController();
      const waiting = engine.api.wait(id, WAIT_MS, leave.signal);
      leave.abort();
      expect((await waiting).status).toBe('RUNNING');
    });
  });

  describe('cancel, pause, resume, retry', () => {
    it('cancel tells running handlers to stop', async () => {
      const id = await begun([held1('a'), held1('b', ['a'])]);
      const call = await held.call();
      const stopped = aborted(call.context.signal);
      const view = await engine.api.cancel(id, 'enough');
      await stopped;
      expect(view.status).toBe('CANCELLED');
      expect([...view.nodeStatuses.values()]).toEqual(['CANCELLED', 'CANCELLED']);
      call.succeed('too late');
      expect((await engine.api.results(id)).outputs.size).toBe(0);
      await expect(engine.api.cancel(id)).rejects.toMatchObject({ code: 'WRONG_STATE', status: 'CANCELLED' });
    });

    it('cancel before the trigger: it never runs', async () => {
      const { id } = await engine.api.submit(workflowOf([held1('a')]));
      expect(await engine.api.cancel(id)).toMatchObject({ status: 'CANCELLED', error: null });
      await expect(engine.api.trigger(id, {})).rejects.toThrow(WrongStateError);
      await expect(engine.api.retry(id)).rejects.toThrow(WrongStateError);
      await expect(engine.api.rerun(id, 'a')).rejects.toThrow(WrongStateError);
      expect((await engine.api.node(id, 'a')).status).toBe('CANCELLED');
    });

    it('pause lets running tasks finish and starts nothing; resume goes on', async () => {
      const id = await begun([held1('a'), held1('b', ['a'])]);
      const call = await held.call();
      expect((await engine.api.pause(id)).status).toBe('PAUSED');
      await expect(engine.api.pause(id)).rejects.toThrow(WrongStateError);
      call.succeed();
      for await (const events of engine.api.follow(id, 0, new AbortController().signal)) {
        if (events.some(({ type }) => type === 'NodeCompleted')) break;
      }
      expect(held.calls).toHaveLength(1);
      expect((await engine.api.resume(id)).status).toBe('RUNNING');
      (await held.call(2)).succeed();
      expect(await statusOf(id)).toBe('COMPLETED');
      await expect(engine.api.resume(id)).rejects.toThrow(WrongStateError);
    });

    it('retry goes on from what failed, and its dead letter is settled', async () => {
      const id = await begun([task('done', [], { handler: 'echo' }), held1('a', ['done'])]);
      (await held.call()).fail(new Error('down'));
      expect(await statusOf(id)).toBe('FAILED');
      const view = await engine.api.retry(id);
      expect(view.status).toBe('RUNNING');
      const second = await held.call(2);
      expect(second.context).toMatchObject({ attempt: 2, idempotencyKey: `${id}:a` });
      second.succeed(1);
      expect(await statusOf(id)).toBe('COMPLETED');
      const story = (await engine.api.events(id, 0, 100)).map(({ type }) => type);
      expect(story.filter((type) => type === 'NodeCompleted')).toHaveLength(2);
    });

    it('rerun shows no output until it has completed again', async () => {
      const id = await begun([held1('a'), held1('b', ['a'])]);
      (await held.call()).succeed(1);
      (await held.call(2)).succeed('old');
      expect(await statusOf(id)).toBe('COMPLETED');
      await expect(engine.api.rerun(id, 'z')).rejects.toMatchObject({ code: 'NODE_NOT_FOUND' });
      expect(await engine.api.rerun(id, 'b')).toMatchObject({ status: 'RUNNING', finishedAt: null });
      await expect(engine.api.rerun(id, 'b')).rejects.toThrow(WrongStateError);
      expect(await engine.api.results(id)).toMatchObject({ output: null, outputs: new Map([['a', 1]]) });
      (await held.call(3)).succeed('new');
      expect(await statusOf(id)).toBe('COMPLETED');
      expect((await engine.api.results(id)).output).toEqual({ b: 'new' });
    });

    it('a retry that fails at once answers at once', async () => {
      const clock = new VirtualClock();
      const timed = createInMemoryEngine({ handlers: [], clock });
      await timed.start();
      const { id } = await timed.api.submit(workflowOf([control('stop', 'fail')]));
      await timed.api.trigger(id, {});
      await clock.advance(10);
      const { length } = await timed.api.events(id, 0, 100);
      // No time passes, so an answer that waits for it would never come.
      expect((await timed.api.retry(id)).status).toBe('FAILED');
      expect((await timed.api.events(id, 0, 100)).length).toBeGreaterThan(length);
      await timed.stop();
    });
  });

  it('search finds executions by status, name and labels', async () => {
    const mine = workflowOf([task('a', [], { handler: 'echo' })], { labels: { team: 'x' } });
    const first = await engine.api.submit(mine);
    const second = await engine.api.submit(mine);
    await engine.api.submit(workflowOf([held1('a')]));
    await engine.api.trigger(first.id, {});
    await statusOf(first.id);
    const found = async (filter: Parameters<typeof engine.api.search>[0]) =>
      (await engine.api.search(filter, { limit: 10 })).items.map(({ id }) => id);
    expect((await found({ labels: { team: 'x' } })).sort()).toEqual([first.id, second.id].sort());
    expect(await found({ name: mine.name, status: ['PENDING'] })).toEqual([second.id]);
    expect(await found({ labels: { team: 'y' } })).toEqual([]);
  });
});
