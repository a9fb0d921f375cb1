import { describe, expect, it } from '@jest/globals';

import type { JournalState, NodeState } from '../journal/fold';
import { barRows, labelledTicks, load, rowsWithin, ticks, zoomed } from './bars';

const stateOf = (node: Partial<NodeState>): JournalState => ({
  status: 'RUNNING',
  seq: 1,
  startedAt: 0,
  nodes: new Map([['n', { id: 'n', status: 'RUNNING', attempts: [], firstAt: 0, ...node }]]),
});

it('draws queue, run, backoff and the next run of a node one behind the other', () => {
  const [row] = barRows(
    stateOf({
      attempts: [
        {
          attempt: 1,
          scheduledAt: 0,
          startedAt: 5,
          finishedAt: 20,
          backoffUntil: 100,
          outcome: 'RETRY',
          deliveries: 1,
          logs: [],
        },
        { attempt: 2, scheduledAt: 104, startedAt: 110, deliveries: 1, logs: [] },
      ],
    }),
    150,
  );
  expect(row?.bars.map(({ kind, from, to }) => [kind, from, to])).toEqual([
    ['queued', 0, 5],
    ['running', 5, 20],
    ['waiting', 20, 104],
    ['queued', 104, 110],
    ['running', 110, 150],
  ]);
});

it('draws what is queued as queued, and a delay as waiting', () => {
  const queued = barRows(
    stateOf({ attempts: [{ attempt: 1, scheduledAt: 10, deliveries: 1, logs: [] }] }),
    40,
  );
  expect(queued[0]?.bars).toEqual([{ kind: 'queued', from: 10, to: 40, attempt: 1 }]);
  const delay = barRows(stateOf({ waitingSince: 3, endedAt: 9 }), 40);
  expect(delay[0]?.bars).toEqual([{ kind: 'waiting', from: 3, to: 9, attempt: 1 }]);
});

it('shows how a node that the engine itself carried out has ended', () => {
  const failed = barRows(stateOf({ status: 'FAILED', endedAt: 0 }), 40);
  expect(failed[0]?.bars).toEqual([{ kind: 'running', from: 0, to: 0, outcome: 'FAILED', attempt: 1 }]);
});

it('has round marks', () => {
  expect(ticks({ from: 0, to: 1_000 }, 5)).toEqual([0, 200, 400, 600, 800, 1_000]);
  expect(ticks({ from: 130, to: 590 }, 5)).toEqual([200, 300, 400, 500]);
  expect(ticks({ from: 0, to: 0 }, 5)).toEqual([0]);
});

describe('a part of the time', () => {
  const range = { from: 0, to: 100 };
  const rows = [
    ...barRows(stateOf({ firstAt: 0, endedAt: 30 }), 100),
    ...barRows(stateOf({ firstAt: 20, endedAt: 100 }), 100),
  ];

  it('shows how much goes on at once', () => {
    expect(load(rows, 0, 100, 5)).toEqual([1, 2, 1, 1, 1]);
  });

  it('has the rows that do something in it', () => {
    expect(rowsWithin(rows, 0, { from: 40, to: 60 })).toEqual([rows[1]]);
    expect(rowsWithin(rows, 0, range)).toEqual(rows);
  });

  it('is made shorter and longer about its middle, and stays inside', () => {
    expect(zoomed(range, 2, 100)).toEqual({ from: 25, to: 75 });
    expect(zoomed({ from: 0, to: 20 }, 0.5, 100)).toEqual({ from: 0, to: 40 });
    expect(zoomed({ from: 90, to: 100 }, 0.1, 100)).toEqual({ from: 0, to: 100 });
  });
});

it.each([180, 200, 320, 700, 1_400])('has room for the labels of an axis of %d px', (width) => {
  for (const to of [900, 2_100, 61_000, 84_000]) {
    const marks = labelledTicks({ from: 0, to }, width).map((tick) => (tick / to) * width);
    expect(marks[0]).toBe(0);
    expect(marks.at(-1)).toBeLessThanOrEqual(width - 30);
    marks.slice(1).forEach((mark, index) => expect(mark - (marks[index] ?? 0)).toBeGreaterThanOrEqual(69));
  }
});
