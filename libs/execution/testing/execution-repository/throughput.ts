import { describe, expect, it } from '@jest/globals';

import type { JournalEvent } from '../../src/decider/events';
import type { TerminalStatus } from '../../src/decider/status';
import { THROUGHPUT_RESOLUTION_MS } from '../../src/ports/execution-repository';
import type { ArchiveEntry, ExecutionRepository, Throughput } from '../../src/ports/execution-repository';
import { anArchiveEntry, aNewExecution, someEvents, someTimeline } from '../builders';
import { createOne } from '../create-one';

const second = 1000;
const minute = 60 * second;
/** Each test has an hour of its own, in which nothing else happens. */
let hours = 0;

export function describeThroughput(repository: () => ExecutionRepository): void {
  function anHour(): number {
    const now = Math.floor(Date.now() / THROUGHPUT_RESOLUTION_MS) * THROUGHPUT_RESOLUTION_MS;
    return now - (++hours + 2) * 60 * minute;
  }

  async function triggeredAt(at: number): Promise<string> {
    const createdAt = new Date(at).toISOString();
    return (await createOne(repository(), aNewExecution({ createdAt, trigger: { input: {} } }))).execution.id;
  }

  const start = (id: string, at: number): ArchiveEntry => {
    const event = {
      seq: 1,
      at: new Date(at).toISOString(),
      type: 'ExecutionStarted',
      workflow_id: id,
      version: 1,
      input: {},
    } as const satisfies JournalEvent;
    return anArchiveEntry(id, [event], { change: { status: 'RUNNING', error: null, finishedAt: null } });
  };

  const end = (id: string, seq: number, at: number, status: TerminalStatus = 'COMPLETED'): ArchiveEntry =>
    anArchiveEntry(id, someEvents(seq, seq), {
      change: { status, error: null, finishedAt: new Date(at).toISOString() },
    });

  const archive = (...entries: readonly ArchiveEntry[]): Promise<unknown> => repository().archive(entries);

  /** The minutes of an hour. */
  const minutesOf = (since: number): Promise<readonly Throughput[]> =>
    repository().throughput({ since, intervalMs: minute, intervals: 60 });

  const nothing = { COMPLETED: 0, FAILED: 0, CANCELLED: 0, TIMED_OUT: 0 };

  describe('throughput', () => {
    it('counts starts and ends where they belong', async () => {
      await repository().beginTimeline(someTimeline, 0);
      const hour = anHour();
      const statuses = ['COMPLETED', 'COMPLETED', 'FAILED', 'CANCELLED', 'TIMED_OUT'] as const;
      const ids = await Promise.all(statuses.map(() => triggeredAt(hour)));
      await archive(...ids.map((id, index) => start(id, hour + index * 10 * second)));
      // The last two end in the third minute, at its first and its last moment.
      const times = [0, minute - 1, minute, 2 * minute, 3 * minute - 1];
      await archive(
        ...ids.map((id, index) => end(id, 2, hour + (times[index] ?? 0), statuses[index] ?? 'FAILED')),
      );

      const minutes = await minutesOf(hour);
      expect(minutes).toHaveLength(60);
      expect(minutes.slice(0, 4)).toMatchObject([
        { started: 5, ended: { ...nothing, COMPLETED: 2 } },
        { started: 0, ended: { ...nothing, FAILED: 1 }, durationMs: null },
        { started: 0, ended: { ...nothing, CANCELLED: 1, TIMED_OUT: 1 } },
        { started: 0, ended: nothing, durationMs: null },
      ]);
      const whole = await repository().throughput({ since: hour, intervalMs: 60 * minute, intervals: 1 });
      expect(whole).toMatchObject([
        { started: 5, ended: { COMPLETED: 2, FAILED: 1, CANCELLED: 1, TIMED_OUT: 1 } },
      ]);
      expect(
        await repository().throughput({ since: hour, intervalMs: 10 * second, intervals: 2 }),
      ).toMatchObject([
        { started: 1, ended: { COMPLETED: 1 } },
        { started: 1, ended: nothing },
      ]);
    });

    it('counts what is archived twice once', async () => {
      const hour = anHour();
      const id = await triggeredAt(hour);
      await archive(start(id, hour));
      await archive(start(id, hour), end(id, 2, hour + second));
      await archive(start(id, hour), end(id, 2, hour + second));
      expect((await minutesOf(hour))[0]).toMatchObject({ started: 1, ended: { ...nothing, COMPLETED: 1 } });
    });

    it('counts both ends of an execution that is retried', async () => {
      const hour = anHour();
      const id = await triggeredAt(hour);
      await archive(start(id, hour), end(id, 2, hour + second, 'FAILED'));
      await archive(
        anArchiveEntry(id, someEvents(3, 3), {
          change: { status: 'RUNNING', error: null, finishedAt: null },
        }),
      );
      await archive(end(id, 4, hour + 5 * minute));
      const minutes = await minutesOf(hour);
      expect(minutes[0]).toMatchObject({ started: 1, ended: { FAILED: 1, COMPLETED: 0 } });
      expect(minutes[5]).toMatchObject({ started: 0, ended: { FAILED: 0, COMPLETED: 1 } });
    });

    it('tells how long those that completed took, within a tenth', async () => {
      const hour = anHour();
      const durations = [
        ...Array.from({ length: 94 }, (_, index) => 200 + index),
        9000,
        9000,
        9000,
        9000,
        9000,
      ];
      const entries = [];
      for (const durationMs of durations) entries.push(end(await triggeredAt(hour), 2, hour + durationMs));
      // However long the failed one took.
      await archive(...entries, end(await triggeredAt(hour - 30 * minute), 2, hour + second, 'FAILED'));
      // The fast and the slow one.
      await archive(
        end(await triggeredAt(hour + minute), 2, hour + minute),
        end(await triggeredAt(hour - 100 * 86_400_000), 2, hour + 2 * minute),
      );

      const [first, another, third] = await minutesOf(hour);
      const { p50 = 0, p95 = 0 } = first?.durationMs ?? {};
      expect(p50 / 249).toBeCloseTo(1, 0.7);
      expect(p95 / 9000).toBeCloseTo(1, 0.7);
      expect(another?.durationMs).toEqual({ p50: 0, p95: 0 });
      expect((third?.durationMs?.p50 ?? 0) / 86_400_000 / 100).toBeCloseTo(1, 0.7);
    });
  });

  describe('counting by status', () => {
    it('stops at as many as are asked for', async () => {
      const before = await repository().countByStatus(1_000_000);
      const ids = await Promise.all(Array.from({ length: 3 }, () => triggeredAt(Date.now())));
      await createOne(repository(), aNewExecution());
      await archive(end(ids[0] ?? '', 1, Date.now(), 'TIMED_OUT'));
      const after = await repository().countByStatus(1_000_000);
      expect(after).toEqual({
        ...before,
        PENDING: before.PENDING + 1,
        RUNNING: before.RUNNING + 2,
        TIMED_OUT: before.TIMED_OUT + 1,
      });
      const some = await repository().countByStatus(2);
      expect(some.RUNNING).toBe(2);
      expect(some.PENDING).toBe(Math.min(2, after.PENDING));
    });
  });
}
