import { describe, expect, it } from '@jest/globals';
import type { JournalEvent } from '@workflow-engine/contracts';

import { graphOf } from '../graph/workflow-graph';
import { criticalPath } from './critical-path';
import { foldJournal } from './fold';

const graph = graphOf({
  dag: {
    nodes: [
      { id: 'a', handler: 'noop' },
      { id: 'slow', handler: 'http', dependencies: ['a'] },
      { id: 'fast', handler: 'http', dependencies: ['a'] },
      { id: 'end', handler: 'noop', dependencies: ['slow', 'fast'] },
    ],
  },
});

type Told = JournalEvent extends infer E ? (E extends JournalEvent ? Omit<E, 'seq' | 'at'> : never) : never;
const start = Date.parse('2026-01-01T00:00:00.000Z');
/** Events one after the other, at these milliseconds. */
const journal = (...told: readonly (readonly [number, Told])[]): JournalEvent[] =>
  told.map(([ms, event], index) => {
    const at = new Date(start + ms).toISOString();
    return { ...event, seq: index + 1, at };
  });

const error = { code: 'HTTP_5XX', message: 'no', retryable: true };
const begun: readonly (readonly [number, Told])[] = [
  [0, { type: 'ExecutionStarted', workflow_id: 'w', version: 1, input: { n: 1 } }],
  [1, { type: 'NodeScheduled', node_id: 'a', attempt: 1, config: { url: 'x' } }],
  [5, { type: 'NodeCompleted', node_id: 'a', attempt: 1, output: 7, worker: 'w-1' }],
  [6, { type: 'NodeScheduled', node_id: 'slow', attempt: 1 }],
  [6, { type: 'NodeScheduled', node_id: 'fast', attempt: 1 }],
  [20, { type: 'NodeCompleted', node_id: 'fast', attempt: 1, output: null }],
];
const statuses = (events: readonly JournalEvent[]): Record<string, string> =>
  Object.fromEntries([...foldJournal(graph, events).nodes].map(([id, { status }]) => [id, status]));

describe('foldJournal', () => {
  it('shows nodes that nothing has happened to', () => {
    expect(statuses([])).toEqual({ a: 'PENDING', slow: 'PENDING', fast: 'PENDING', end: 'PENDING' });
  });

  it('shows any past moment', () => {
    const events = journal(...begun);
    expect(statuses(events.slice(0, 2))).toMatchObject({ a: 'SCHEDULED', slow: 'PENDING' });
    expect(statuses(events)).toEqual({
      a: 'COMPLETED',
      slow: 'SCHEDULED',
      fast: 'COMPLETED',
      end: 'PENDING',
    });
    const state = foldJournal(graph, events);
    expect(state).toMatchObject({ status: 'RUNNING', seq: 6, startedAt: start, input: { n: 1 } });
    expect(state.nodes.get('a')).toMatchObject({
      config: { url: 'x' },
      output: 7,
      firstAt: start + 1,
      endedAt: start + 5,
    });
  });

  it('keeps each attempt with its waits', () => {
    const due = new Date(start + 90).toISOString();
    const started = new Date(start + 10).toISOString();
    const events = journal(
      ...begun,
      [
        30,
        {
          type: 'RetryScheduled',
          node_id: 'slow',
          attempt: 1,
          error,
          due_at: due,
          started_at: started,
          worker: 'w-2',
        },
      ],
      [95, { type: 'NodeScheduled', node_id: 'slow', attempt: 2 }],
      [
        99,
        {
          type: 'NodeStarted',
          node_id: 'slow',
          attempt: 2,
          worker: 'w-3',
          started_at: new Date(start + 98).toISOString(),
        },
      ],
    );
    expect(foldJournal(graph, events.slice(0, 7)).nodes.get('slow')).toMatchObject({
      status: 'WAITING',
      error,
      dueAt: start + 90,
    });
    const node = foldJournal(graph, events).nodes.get('slow');
    expect(node).toMatchObject({ status: 'RUNNING' });
    expect(node?.error).toBeUndefined();
    expect(node?.attempts).toEqual([
      expect.objectContaining({
        attempt: 1,
        startedAt: start + 10,
        finishedAt: start + 30,
        backoffUntil: start + 90,
        outcome: 'RETRY',
        worker: 'w-2',
      }),
      expect.objectContaining({ attempt: 2, startedAt: start + 98, worker: 'w-3' }),
    ]);
  });

  it('cancels what is open when the execution ends, and begins anew when it is retried', () => {
    const failed = journal(
      ...begun,
      [30, { type: 'NodeFailed', node_id: 'slow', attempt: 1, status: 'FAILED', error, tolerated: false }],
      [31, { type: 'ExecutionFailed', error: { code: 'HTTP_5XX', message: 'no', node_id: 'slow' } }],
      [60, { type: 'ExecutionRetried', node_ids: ['slow'] }],
    );
    expect(statuses(failed.slice(0, 8))).toEqual({
      a: 'COMPLETED',
      slow: 'FAILED',
      fast: 'COMPLETED',
      end: 'CANCELLED',
    });
    expect(foldJournal(graph, failed.slice(0, 8))).toMatchObject({
      status: 'FAILED',
      finishedAt: start + 31,
    });
    expect(statuses(failed)).toEqual({ a: 'COMPLETED', slow: 'PENDING', fast: 'COMPLETED', end: 'PENDING' });
    const state = foldJournal(graph, failed);
    expect(state.error).toBeUndefined();
    expect(state.finishedAt).toBeUndefined();
  });

  it('is not disturbed by nodes that it does not know', () => {
    const events = journal(...begun, [9, { type: 'NodeSkipped', node_id: 'who?', reason: 'join' }]);
    expect(foldJournal(graph, events).seq).toBe(7);
  });
});

describe('criticalPath', () => {
  const ended = journal(
    ...begun,
    [80, { type: 'NodeCompleted', node_id: 'slow', attempt: 1, output: null }],
    [81, { type: 'NodeScheduled', node_id: 'end', attempt: 1 }],
    [85, { type: 'NodeCompleted', node_id: 'end', attempt: 1, output: null }],
  );

  it('goes through the dependencies that were waited for', () => {
    expect(criticalPath(graph, foldJournal(graph, ended))).toEqual(['a', 'slow', 'end']);
  });

  it('leads to what still runs', () => {
    expect(criticalPath(graph, foldJournal(graph, ended.slice(0, 6)))).toEqual(['a', 'slow']);
  });

  it('is empty before anything happened', () => {
    expect(criticalPath(graph, foldJournal(graph, []))).toEqual([]);
  });
});
