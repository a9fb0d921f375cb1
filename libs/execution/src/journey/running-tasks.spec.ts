import type { NodeDefinition } from '@workflow-engine/dag';
import { afterEach, describe, expect, it } from '@jest/globals';

import { HeldHandler, aborted, echo } from '../../testing/engines';
import { VirtualClock } from '../../testing/virtual-clock';
import { task, workflowOf } from '../../testing/workflows';
import type { EmbeddedEngine } from '../embedded/embedded-engine';
import { createInMemoryEngine } from '../embedded/in-memory-engine';
import type { InMemoryEngineOptions } from '../embedded/in-memory-engine';
import { TaskFailure } from '../ports/task-handler';
import type { TaskHandler } from '../ports/task-handler';

const once = { retry: { max_attempts: 1 } };

/** A handler that runs what it is given, whatever types say. */
const wild = (name: string, run: (...args: never[]) => unknown): TaskHandler =>
  ({ name, run }) as unknown as TaskHandler;

const cyclic: Record<string, unknown> = {};
cyclic.self = cyclic;

function nested(depth: number): unknown {
  let value: unknown = 'core';
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { value };
  return value;
}

describe('running tasks', () => {
  let engine: EmbeddedEngine;

  afterEach(() => engine.stop());

  async function begun(
    options: InMemoryEngineOptions,
    nodes: readonly NodeDefinition[],
    input: unknown = {},
  ): Promise<string> {
    engine = createInMemoryEngine({ graceMs: 0, ...options });
    await engine.start();
    const { id } = await engine.api.submit(workflowOf(nodes));
    await engine.api.trigger(id, input);
    return id;
  }

  const ended = async (id: string) => engine.api.wait(id, 10_000);

  /** The one node's error, after an execution whose archive also got everything. */
  async function errorOf(handler: TaskHandler) {
    const id = await begun({ handlers: [handler] }, [task('a', [], { handler: handler.name, ...once })]);
    expect(await ended(id)).toMatchObject({ status: 'FAILED' });
    await archived();
    return (await engine.api.node(id, 'a')).error;
  }

  async function archived(): Promise<void> {
    while ((await engine.gauges()).archiveLag > 0) await new Promise((resolve) => setImmediate(resolve));
  }

  describe('a handler that throws', () => {
    const getter = Object.defineProperty({}, 'code', {
      get: () => {
        throw new Error('no');
      },
    });
    it.each<[string, unknown, object]>([
      ['an error', new Error('oh'), { code: 'HANDLER_ERROR', message: 'oh', retryable: false }],
      ['a string', 'oh', { code: 'HANDLER_ERROR', message: 'oh' }],
      ['undefined', undefined, { code: 'HANDLER_ERROR', message: 'undefined' }],
      ['null', null, { code: 'HANDLER_ERROR', message: 'null' }],
      ['a symbol', Symbol('oh'), { code: 'HANDLER_ERROR', message: 'Symbol(oh)' }],
      ['an object without prototype', Object.create(null), { code: 'HANDLER_ERROR' }],
      ['an object with a throwing getter', getter, { code: 'HANDLER_ERROR' }],
      [
        'a system error',
        Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
        { code: 'ECONNREFUSED' },
      ],
      [
        'an error whose code is a number',
        Object.assign(new Error('x'), { code: 7 }),
        { code: 'HANDLER_ERROR' },
      ],
      [
        'a failure with details',
        new TaskFailure('X', 'y', { details: { n: 1 } }),
        { code: 'X', details: { n: 1 } },
      ],
    ])('%s', async (_name, thrown, expected) => {
      const error = await errorOf(
        wild('odd', () => {
          throw thrown;
        }),
      );
      expect(error).toMatchObject(expected);
    });

    it.each<[string, unknown]>([
      ['a BigInt', { n: 1n }],
      ['a cycle', cyclic],
      ['10,000 levels', nested(10_000)],
      ['a megabyte', 'x'.repeat(1_000_000)],
    ])('a failure with %s for details fails all the same, without them', async (_name, details) => {
      const failure = new TaskFailure('X', 'y', { details: details as never });
      const error = await errorOf(wild('odd', () => Promise.reject(failure)));
      expect(error).toEqual({ code: 'X', message: 'y', retryable: false });
    });

    it('a message of a megabyte is cut short', async () => {
      const error = await errorOf(wild('odd', () => Promise.reject(new Error('x'.repeat(1_000_000)))));
      expect(error?.message.length).toBeLessThan(10_000);
    });
  });

  describe('an output', () => {
    it.each<[string, unknown]>([
      ['a BigInt', { n: 1n }],
      ['a cycle', cyclic],
      ['10,000 levels', nested(10_000)],
      ['300 levels', nested(300)],
      [
        'a throwing toJSON',
        {
          toJSON: () => {
            throw new Error('no');
          },
        },
      ],
    ])('that is no JSON (%s) fails the task, and nothing else', async (_name, output) => {
      expect(await errorOf(wild('odd', () => output))).toMatchObject({
        code: 'OUTPUT_NOT_JSON',
        retryable: false,
      });
    });

    it('that is too large fails the task', async () => {
      const error = await errorOf(wild('odd', () => 'x'.repeat(17 * 1024 * 1024)));
      expect(error).toMatchObject({ code: 'OUTPUT_TOO_LARGE' });
    });

    it.each<[string, unknown, unknown]>([
      ['undefined', undefined, null],
      ['a function', () => 1, null],
      ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
      ['what JSON leaves out', { a: undefined, b: Number.NaN, c: [undefined] }, { b: null, c: [null] }],
      ['200 levels', nested(200), nested(200)],
    ])('is what JSON makes of it: %s', async (_name, output, expected) => {
      const id = await begun({ handlers: [wild('odd', () => output)] }, [task('a', [], { handler: 'odd' })]);
      expect((await ended(id)).status).toBe('COMPLETED');
      expect((await engine.api.results(id)).outputs.get('a')).toEqual(expected);
    });

    it('and config are the handler’s own: changing them later changes nothing', async () => {
      const kept: { list: number[] }[] = [];
      const keeper = wild('keeper', (config: { list: number[] }) => {
        kept.push(config);
        config.list.push(99);
        return config;
      });
      const id = await begun({ handlers: [keeper] }, [
        task('a', [], { handler: 'keeper', config: { list: [1] } }),
        task('b', ['a'], { handler: 'keeper', config: { list: '${a.output.list}' } }),
      ]);
      await ended(id);
      kept[0]?.list.push(100);
      const { outputs } = await engine.api.results(id);
      expect([...outputs.values()]).toEqual([{ list: [1, 99] }, { list: [1, 99, 99] }]);
      expect((await engine.api.node(id, 'a')).config).toEqual({ list: [1] });
    });
  });

  describe('logs', () => {
    it('are kept with the attempt, bounded', async () => {
      const chatty = wild(
        'chatty',
        (_config: unknown, context: { log: { info(message: unknown): void } }) => {
          context.log.info('x'.repeat(1_000_000));
          for (let line = 0; line < 10_000; line++) context.log.info(`line ${line}`);
        },
      );
      const id = await begun({ handlers: [chatty] }, [task('a', [], { handler: 'chatty' })]);
      await ended(id);
      const logs = (await engine.api.node(id, 'a')).attempts[0]?.logs ?? [];
      expect(logs.length).toBeLessThan(300);
      expect(JSON.stringify(logs).length).toBeLessThan(100_000);
      expect(logs[1]?.message).toBe('line 0');
      expect(logs.at(-1)).toMatchObject({ level: 'warn', message: expect.stringContaining('full') });
    });

    it('of things that are no text do no harm', async () => {
      const odd = wild('odd', (_config: unknown, { log }: { log: { info(message: unknown): void } }) => {
        for (const thing of [1n, cyclic, Symbol('s'), Object.create(null), undefined]) log.info(thing);
      });
      const id = await begun({ handlers: [odd] }, [task('a', [], { handler: 'odd' })]);
      expect((await ended(id)).status).toBe('COMPLETED');
      await archived();
      const logs = (await engine.api.node(id, 'a')).attempts[0]?.logs ?? [];
      expect(logs.map(({ message }) => typeof message)).toEqual(Array(5).fill('string'));
    });

    it('written after the attempt is over are not in its journal', async () => {
      const held = new HeldHandler();
      const id = await begun({ handlers: [held] }, [task('a', [], { handler: 'held' })]);
      const call = await held.call();
      call.context.log.info('in time');
      call.succeed();
      await ended(id);
      call.context.log.info('too late');
      expect((await engine.api.node(id, 'a')).attempts[0]?.logs).toMatchObject([{ message: 'in time' }]);
    });
  });

  describe('secrets', () => {
    const secrets = { find: (name: string) => (name === 'TOKEN' ? 'hush' : undefined) };

    it('reach the handler and nothing else', async () => {
      const held = new HeldHandler();
      const id = await begun(
        { handlers: [held], secrets },
        [task('a', [], { handler: 'held', config: { auth: 'Bearer ${secrets.TOKEN}', n: '${input.n}' } })],
        { n: 1 },
      );
      const call = await held.call();
      expect(call.config).toEqual({ auth: 'Bearer hush', n: 1 });
      call.succeed();
      await ended(id);
      const everything = [await engine.api.events(id, 0, 100), await engine.api.node(id, 'a')];
      expect(JSON.stringify(everything)).not.toContain('hush');
      expect((await engine.api.node(id, 'a')).config).toEqual({ auth: 'Bearer ${secrets.TOKEN}', n: 1 });
    });

    it('that nobody has fail the task before its handler runs', async () => {
      const held = new HeldHandler();
      const id = await begun({ handlers: [held], secrets }, [
        task('a', [], { handler: 'held', config: { auth: '${secrets.OTHER}' } }),
      ]);
      expect(await ended(id)).toMatchObject({ status: 'FAILED', error: { code: 'UNKNOWN_SECRET' } });
      expect(held.calls).toEqual([]);
    });
  });

  describe('on a clock of their own', () => {
    const timed = async (timeout: NodeDefinition['timeout'], retry: NodeDefinition['retry'] = once.retry) => {
      const [clock, held] = [new VirtualClock(), new HeldHandler()];
      const options = { clock, handlers: [held, echo] };
      const id = await begun(options, [
        task('a', [], { handler: 'held', retry, ...(timeout !== undefined && { timeout }) }),
      ]);
      return { clock, held, id, call: await held.call() };
    };
    const now = async (id: string) => engine.api.wait(id, 0);

    it('a handler that takes too long is told to stop, and its outcome is TIMED_OUT', async () => {
      const { clock, id, call } = await timed('PT2S');
      await clock.advance(1_999);
      expect(call.context.signal.aborted).toBe(false);
      await clock.advance(1);
      expect(call.context.signal.aborted).toBe(true);
      expect(await now(id)).toMatchObject({ status: 'FAILED', error: { code: 'TIMEOUT' } });
      expect((await now(id)).nodeStatuses.get('a')).toBe('TIMED_OUT');
    });

    it('timeouts are tried again as the node says', async () => {
      const { clock, id, held } = await timed('PT2S', { max_attempts: 2, interval: 1, jitter: 'none' });
      await clock.advance(2_000);
      expect((await now(id)).nodeStatuses.get('a')).toBe('WAITING');
      await clock.advance(1_000);
      (await held.call(2)).succeed('second');
      await clock.advance(0);
      expect(await now(id)).toMatchObject({ status: 'COMPLETED' });
    });

    it('a handler whose heart stops beating is given up', async () => {
      const { clock, id, call } = await timed({ heartbeat: 10 });
      for (let beats = 0; beats < 5; beats++) {
        await clock.advance(9_000);
        call.context.heartbeat();
      }
      expect((await now(id)).status).toBe('RUNNING');
      await clock.advance(10_000);
      expect(call.context.signal.aborted).toBe(true);
      expect(await now(id)).toMatchObject({ status: 'FAILED', error: { code: 'HEARTBEAT_TIMEOUT' } });
    });

    it('a task that takes noticeably long shows as RUNNING', async () => {
      const { clock, id, call } = await timed(undefined);
      expect((await now(id)).nodeStatuses.get('a')).toBe('SCHEDULED');
      await clock.advance(200);
      expect((await now(id)).nodeStatuses.get('a')).toBe('RUNNING');
      const { startedAt, attempts } = await engine.api.node(id, 'a');
      expect(startedAt).toBe(attempts[0]?.started_at);
      expect(attempts[0]?.worker).toBe('embedded');
      call.succeed();
      await clock.advance(0);
      expect((await now(id)).status).toBe('COMPLETED');
    });

    it('a task that runs longer than its lease keeps it', async () => {
      const { clock, id, held, call } = await timed(undefined);
      await clock.advance(60_000);
      expect(held.calls).toHaveLength(1);
      call.succeed('slow but sure');
      await clock.advance(0);
      expect((await engine.api.results(id)).output).toEqual({ a: 'slow but sure' });
      expect((await engine.api.node(id, 'a')).attempts).toMatchObject([{ deliveries: 1 }]);
    });

    it('an execution that takes too long stops its tasks', async () => {
      const [clock, held] = [new VirtualClock(), new HeldHandler()];
      engine = createInMemoryEngine({ clock, handlers: [held], graceMs: 0 });
      await engine.start();
      const definition = workflowOf([task('a', [], { handler: 'held' })], { timeout: 5 });
      const { id } = await engine.api.submit(definition);
      await engine.api.trigger(id, {});
      const call = await held.call();
      const stopped = aborted(call.context.signal);
      await clock.advance(5_000);
      await stopped;
      expect(await now(id)).toMatchObject({ status: 'TIMED_OUT', error: { code: 'EXECUTION_TIMEOUT' } });
    });

    it('a task for a queue that nobody serves times out from schedule to start', async () => {
      const clock = new VirtualClock();
      const timeout = { schedule_to_start: 30 };
      const id = await begun({ clock, handlers: [echo] }, [
        task('a', [], { handler: 'echo', queue: 'nowhere', timeout, ...once }),
      ]);
      await clock.advance(29_000);
      expect((await now(id)).status).toBe('RUNNING');
      expect((await engine.gauges()).queues).toContainEqual({
        queue: 'nowhere',
        waiting: 1,
        claimed: 0,
        oldestWaitingMs: 29_000,
      });
      await clock.advance(1_000);
      expect(await now(id)).toMatchObject({ status: 'FAILED', error: { code: 'SCHEDULE_TO_START_TIMEOUT' } });
      expect((await engine.gauges()).queues).toContainEqual({
        queue: 'nowhere',
        waiting: 0,
        claimed: 0,
        oldestWaitingMs: 0,
      });
    });
  });

  it('a handler that no worker has fails its task', async () => {
    const known: TaskHandler = { name: 'known', run: () => ({}) };
    engine = createInMemoryEngine({ handlers: [known, echo], queues: ['default'], graceMs: 0 });
    await engine.start();
    const refusal = engine.api.submit(workflowOf([task('a', [], { handler: 'unknown' })]));
    await expect(refusal).rejects.toMatchObject({ code: 'INVALID_DEFINITION' });
  });
});
