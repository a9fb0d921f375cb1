import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { Command } from '../src/decider/commands';
import { partitionOf } from '../src/partition';
import type { EventStream, InboundEntry, Offset } from '../src/ports/event-stream';
import { awkwardJson, newId } from './builders';
import { LONG_MS, allCommands, newExecutionIn } from './hot-ports';
import type { HotPortsFixture, HotPortsSetup } from './hot-ports';

const cancel = (executionId: string, reason: string): Command => ({ type: 'Cancel', executionId, reason });

export function describeEventStreamContract(adapter: string, setup: HotPortsSetup): void {
  describe(`EventStream: ${adapter}`, () => {
    let fixture: HotPortsFixture;
    let stream: EventStream;

    beforeEach(async () => {
      fixture = await setup();
      ({ stream } = fixture);
    }, 60_000);
    afterEach(() => fixture.close());

    const readFrom = (partition: number, offset?: Offset, limit = 1000): Promise<readonly InboundEntry[]> =>
      stream.read({ after: new Map([[partition, offset]]), limit, waitMs: 0 });

    it('gives back what was appended, in order, in the partition of its execution', async () => {
      const id = newExecutionIn(2, fixture.partitions);
      await stream.append([cancel(id, 'a'), cancel(id, 'b')]);
      await stream.append([cancel(id, 'c')]);

      const entries = await readFrom(2);
      expect(entries.map(({ partition }) => partition)).toEqual(entries.map(() => 2));
      expect(entries.flatMap(({ commands }) => commands)).toEqual([
        cancel(id, 'a'),
        cancel(id, 'b'),
        cancel(id, 'c'),
      ]);
      expect(await readFrom(3)).toEqual([]);
    });

    it('keeps every kind of command as it is', async () => {
      const executionId = newId();
      const [nodeId, attempt] = ['n', 3];
      const commands: readonly Command[] = [
        { type: 'Trigger', executionId, workflowId: newId(), version: 2, input: awkwardJson, recover: true },
        {
          type: 'TaskStarted',
          executionId,
          nodeId,
          attempt,
          worker: 'w',
          startedAt: '2026-01-01T00:00:00.000Z',
        },
        { type: 'TaskSucceeded', executionId, nodeId, attempt, output: awkwardJson, report: { worker: 'w' } },
        {
          type: 'TaskFailed',
          executionId,
          nodeId,
          attempt,
          error: { code: 'X', message: '"\0', retryable: true, details: awkwardJson },
          report: { logs: [{ at: '2026-01-01T00:00:00.000Z', level: 'info', message: '\u{1f600}' }] },
        },
        { type: 'TaskLost', executionId, nodeId, attempt, delivery: 2 },
        { type: 'TimerFired', executionId, nodeId, dueAt: 1_760_000_000_123 },
        { type: 'Cancel', executionId, reason: '' },
        { type: 'Pause', executionId },
        { type: 'Resume', executionId },
        { type: 'Retry', executionId },
      ];
      await stream.append(commands);
      expect(await allCommands(stream, fixture.partitions)).toEqual(commands);
    });

    it('goes on after any offset it gave out', async () => {
      const id = newExecutionIn(0, fixture.partitions);
      for (let n = 0; n < 20; n++) await stream.append([cancel(id, String(n))]);
      const entries = await readFrom(0);
      for (const [index, { offset }] of entries.entries()) {
        expect(await readFrom(0, offset)).toEqual(entries.slice(index + 1));
      }
    });

    it('gives at most the limit per partition, and the rest next time', async () => {
      const ids = [0, 1].map((partition) => newExecutionIn(partition, fixture.partitions));
      for (let n = 0; n < 5; n++) for (const id of ids) await stream.append([cancel(id, String(n))]);

      const seen = new Map<number, string[]>();
      const after = new Map<number, Offset | undefined>([
        [0, undefined],
        [1, undefined],
      ]);
      for (let reads = 0; reads < 3; reads++) {
        const entries = await stream.read({ after, limit: 2, waitMs: 0 });
        for (const partition of [0, 1]) {
          expect(entries.filter((entry) => entry.partition === partition).length).toBeLessThanOrEqual(2);
        }
        for (const { partition, offset, commands } of entries) {
          after.set(partition, offset);
          const reasons = commands.map((command) =>
            command.type === 'Cancel' ? (command.reason ?? '') : '',
          );
          seen.set(partition, [...(seen.get(partition) ?? []), ...reasons]);
        }
      }
      expect(seen.get(0)).toEqual(['0', '1', '2', '3', '4']);
      expect(seen.get(1)).toEqual(['0', '1', '2', '3', '4']);
    });

    it('takes commands of many executions in one call', async () => {
      const ids = Array.from({ length: 100 }, newId);
      await stream.append(ids.flatMap((id) => [cancel(id, 'first'), cancel(id, 'second')]));
      await stream.append([]);
      const commands = await allCommands(stream, fixture.partitions);
      expect(commands).toHaveLength(200);
      for (const id of ids) {
        const own = commands.filter(({ executionId }) => executionId === id);
        expect(own).toEqual([cancel(id, 'first'), cancel(id, 'second')]);
      }
      for (let partition = 0; partition < fixture.partitions; partition++) {
        for (const { commands: found } of await readFrom(partition)) {
          for (const { executionId } of found)
            expect(partitionOf(executionId, fixture.partitions)).toBe(partition);
        }
      }
    });

    it('loses nothing of many who append at the same time', async () => {
      const ids = Array.from({ length: 50 }, newId);
      await Promise.all(
        ids.map(async (id) => {
          for (let n = 0; n < 4; n++) await stream.append([cancel(id, String(n))]);
        }),
      );
      const commands = await allCommands(stream, fixture.partitions);
      for (const id of ids) {
        const own = commands.filter(({ executionId }) => executionId === id);
        expect(own).toEqual([0, 1, 2, 3].map((n) => cancel(id, String(n))));
      }
    });

    describe('a reader that waits', () => {
      const waiting = (waitMs: number, signal?: AbortSignal): Promise<readonly InboundEntry[]> =>
        stream.read({
          after: new Map(
            Array.from({ length: fixture.partitions }, (_, partition) => [partition, undefined]),
          ),
          limit: 10,
          waitMs,
          ...(signal !== undefined && { signal }),
        });

      it('is woken by what arrives', async () => {
        const id = newId();
        const read = waiting(LONG_MS);
        await fixture.advance(20);
        await stream.append([cancel(id, 'now')]);
        expect((await read).flatMap(({ commands }) => commands)).toEqual([cancel(id, 'now')]);
      });

      it('gets nothing when nothing came in time', async () => {
        const read = waiting(50);
        await fixture.advance(200);
        expect(await read).toEqual([]);
      });

      it('ends when its signal aborts, or was aborted before', async () => {
        const abort = new AbortController();
        const read = waiting(LONG_MS, abort.signal);
        await fixture.advance(20);
        abort.abort();
        expect(await read).toEqual([]);
        expect(await waiting(LONG_MS, AbortSignal.abort())).toEqual([]);
      });

      it('does not wait when there is something', async () => {
        const id = newId();
        await stream.append([cancel(id, 'there')]);
        expect(await waiting(LONG_MS)).toHaveLength(1);
      });
    });
  });
}
