import { describe, expect, it } from '@jest/globals';
import type { CommitBatch, JournalEvent } from '@workflow-engine/execution';
import { aTask } from '@workflow-engine/execution/testing';

import { MAX_CHUNK, chunksOf } from './commit-chunks';

const scheduled = (seq: number): JournalEvent => ({
  seq,
  at: '2026-01-01T00:00:00.000Z',
  type: 'NodeScheduled',
  node_id: `n${seq}`,
  attempt: 1,
});

function batchOf(sizes: Readonly<Record<string, number>>): CommitBatch {
  const events = (count: number): readonly JournalEvent[] =>
    Array.from({ length: count }, (_, index) => scheduled(index + 1));
  return {
    turn: 4,
    offset: '7-0',
    journals: Object.entries(sizes).map(([executionId, count]) => {
      return { executionId, events: events(count), terminal: true };
    }),
    tasks: Object.entries(sizes).flatMap(([id, count]) =>
      events(count).map(({ seq }) => aTask({ executionId: id, nodeId: `n${seq}` })),
    ),
    revoked: [{ executionId: 'a', nodeId: 'x', attempt: 1 }],
    withdrawn: [{ executionId: 'a', nodeId: 'w', attempt: 1 }],
    followed: [],
    timersCleared: [{ executionId: 'a', nodeId: 'y' }],
    timersSet: [{ executionId: 'a', nodeId: 'z', dueAt: 1 }],
  };
}

describe('chunks of a commit', () => {
  it('are the batch itself when it is small', () => {
    const batch = batchOf({ a: 10, b: 20 });
    expect(chunksOf(batch)).toEqual([batch]);
  });

  it('are bounded and together what the batch is, in order', () => {
    const batch = batchOf({ a: 40, b: 3000, c: 5 });
    const chunks = chunksOf(batch);
    for (const { journals, tasks } of chunks) {
      const events = journals.reduce((sum, slice) => sum + slice.events.length, 0);
      expect(events + tasks.length).toBeLessThanOrEqual(MAX_CHUNK + 1);
    }
    for (const { executionId, events } of batch.journals) {
      const own = chunks.flatMap(({ journals }) =>
        journals.filter((slice) => slice.executionId === executionId),
      );
      expect(own.flatMap((slice) => slice.events)).toEqual(events);
      expect(own.map(({ terminal }) => terminal)).toEqual(own.map((_, index) => index === own.length - 1));
    }
    expect(chunks.flatMap(({ tasks }) => tasks)).toEqual(batch.tasks);
  });

  it('have each task beside the event that scheduled it', () => {
    for (const { journals, tasks } of chunksOf(batchOf({ a: 1500, b: 700 }))) {
      const nodes = journals.flatMap(({ executionId, events }) =>
        events.map((event) => `${executionId} ${event.type === 'NodeScheduled' ? event.node_id : ''}`),
      );
      expect(tasks.map(({ executionId, nodeId }) => `${executionId} ${nodeId}`)).toEqual(nodes);
    }
  });

  it('set timers first, and revoke and move the offset last', () => {
    const chunks = chunksOf(batchOf({ a: 1500 }));
    const all = (key: keyof CommitBatch): unknown[] => chunks.map((chunk) => chunk[key]);
    const { timersSet, revoked, timersCleared } = batchOf({ a: 1 });
    expect(all('timersSet')).toEqual([timersSet, ...chunks.slice(1).map(() => [])]);
    expect(all('revoked')).toEqual([...chunks.slice(1).map(() => []), revoked]);
    expect(all('timersCleared')).toEqual([...chunks.slice(1).map(() => []), timersCleared]);
    expect(new Set(all('turn'))).toEqual(new Set([4]));
    expect(all('offset')).toEqual([...chunks.slice(1).map(() => undefined), '7-0']);
  });
});
